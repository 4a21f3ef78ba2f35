// Command v1.34.1 decides as the StatefulSet controller of Kubernetes 1.34.1 does.
package main

import "upstream/harness"

func main() { harness.Main(wiring) }
