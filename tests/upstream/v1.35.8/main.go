// Command v1.35.8 decides as the StatefulSet controller of Kubernetes 1.35.8 does.
package main

import "upstream/harness"

func main() { harness.Main(wiring) }
