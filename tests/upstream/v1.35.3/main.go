// Command v1.35.3 decides as the StatefulSet controller of Kubernetes 1.35.3 does.
package main

import "upstream/harness"

func main() { harness.Main(wiring) }
