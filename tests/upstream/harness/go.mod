// No requirements here on purpose: the module of each Kubernetes version pins them.
module upstream/harness

go 1.24.0
