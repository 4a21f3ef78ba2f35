declare module "virtual:scenarios" {
  const index: readonly { readonly name: string; readonly title: string; readonly theme: string }[];
  export default index;
}
