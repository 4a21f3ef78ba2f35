// Command v1.36.4 decides as the StatefulSet controller of Kubernetes 1.36.4 does.
package main

import "upstream/harness"

func main() { harness.Main(wiring) }
