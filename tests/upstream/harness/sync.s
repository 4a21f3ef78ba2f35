// Empty: with an assembly file in the package, the compiler accepts the bodyless declaration in controller.go.
