package harness

import (
	"context"
	"encoding/json"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strings"
)

// release is what go.mod pinned when this program was built.
func release() map[string]string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "k8s.io/kubernetes" {
			return map[string]string{"kubernetes": strings.TrimPrefix(module.Version, "v")}
		}
	}
	return nil
}

// nameWorldsInTraces makes Go print a goroutine's labels, when a panic in one of upstream's ends the process.
func nameWorldsInTraces() {
	settings := "tracebacklabels=1"
	if others := os.Getenv("GODEBUG"); others != "" {
		settings = others + "," + settings
	}
	_ = os.Setenv("GODEBUG", settings) // fails only for a text that cannot be
}

// nameWorld labels this goroutine, and those that it starts, with the world that is decided.
func nameWorld(id json.RawMessage) {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("world", string(id))))
}
