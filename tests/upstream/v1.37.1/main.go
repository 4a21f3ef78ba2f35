// Command v1.37.1 decides as the StatefulSet controller of Kubernetes 1.37.1 does.
package main

import "upstream/harness"

func main() { harness.Main(wiring) }
