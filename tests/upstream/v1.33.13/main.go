// Command v1.33.13 decides as the StatefulSet controller of Kubernetes 1.33.13 does.
package main

import "upstream/harness"

func main() { harness.Main(wiring) }
