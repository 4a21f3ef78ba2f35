// Before the first picture: the theme that was chosen, so that nothing flashes.
try {
  const theme = localStorage.getItem("steadfast.theme");
  if (theme === "dark" || theme === "light") {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // Without storage the system decides.
}
