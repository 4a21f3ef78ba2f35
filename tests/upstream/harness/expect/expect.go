// Package expect holds the worlds that every version is tried on: they show that upstream's sync reads the observation,
// and that what it asks for is recorded. What upstream decides is not judged here.
package expect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"upstream/harness"
)

// Case is a world, and the answer to it in words: the actions, then requeue, error and crash where there are any.
type Case struct{ Proves, World, Want string }

const template = `{"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}`

// Set is web with the given replicas; more holds further members of its spec.
func Set(replicas int, more string) string {
	return fmt.Sprintf(`{"metadata": {"name": "web", "uid": "set"}, "spec": {"replicas": %d, "revisionHistoryLimit": 10,
		"serviceName": "web", "selector": {"matchLabels": {"app": "web"}}, "template": %s %s}}`, replicas, template, more)
}

// Pod is a Pod that is ready since a moment; owner is the UID of its controller, empty for an orphan.
func Pod(name, owner, since string) string {
	references := "[]"
	if owner != "" {
		references = fmt.Sprintf(`[{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": %q, "controller": true}]`, owner)
	}
	return fmt.Sprintf(`{"metadata": {"name": %q, "uid": "uid-%s", "labels": {"app": "web", "statefulset.kubernetes.io/pod-name": %q},
		"ownerReferences": %s}, "spec": {}, "status": {"phase": "Running", "conditions":
		[{"type": "Ready", "status": "True", "lastTransitionTime": %q}]}}`, name, name, name, references, since)
}

// World is a line: the gates, the set and the Pods at 2026-11-21, half a second past midnight.
func World(gates, set string, pods ...string) string {
	line := fmt.Sprintf(`{"id": 1, "featureGates": %s, "observation": {"now": "2026-11-21T00:00:00.5Z", "statefulSet": %s, "pods": [%s]}}`,
		gates, set, strings.Join(pods, ","))
	return strings.ReplaceAll(line, "\n", " ")
}

const (
	past   = "2026-11-20T23:59:58Z"
	future = "2199-01-01T00:00:00Z"
)

// OfEveryVersion hold in all releases.
func OfEveryVersion() []Case {
	claims := `, "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]`
	two := `, "podManagementPolicy": "OrderedReady", "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 2}}`
	old := []string{Pod("web-0", "set", past), Pod("web-1", "set", past), Pod("web-2", "set", past)}
	return []Case{
		{"the claim comes before the Pod, one Pod at a time", World("{}", Set(2, claims)),
			"CreatePersistentVolumeClaim data-web-0, CreatePod web-0, "},
		{"an orphan is adopted and counts as owned",
			World("{}", Set(1, `, "updateStrategy": {"type": "OnDelete"}`), Pod("web-0", "", past)), "AdoptPod web-0, "},
		{"a foreign Pod takes the name", World("{}", Set(1, ""), Pod("web-0", "other", past)),
			`CreatePod web-0, pods "web-0" already exists`},
		{"an excess Pod is deleted", World("{}", Set(0, ""), Pod("web-0", "set", past)), "DeletePod web-0, "},
		{"a gate holds for its world", World(`{"MaxUnavailableStatefulSet": true}`, Set(3, two), old...),
			"DeletePod web-2, DeletePod web-1, "},
		{"and no longer", World(`{"MaxUnavailableStatefulSet": false}`, Set(3, two), old...), "DeletePod web-2, "},
		{"an unknown gate is an answer", World(`{"Sideways": true}`, Set(0, "")), "featureGates: unknown gate `Sideways`"},
		{"a panic is an answer", World("{}", `{"metadata": {"name": "web", "uid": "set"}, "spec": {}}`),
			"panic: runtime error: invalid memory address or nil pointer dereference"},
		{"a bad line is an answer", "{", "unexpected end of JSON input"},
		{"a missing set is an answer", `{"observation": {"now": "2026-11-21T00:00:00Z"}}`, "statefulSet: required"},
		{"and the stream goes on", World("{}", Set(0, "")), ""},
	}
}

// WorldsClock holds where the clock is handed to upstream: the Pod is available 10 s after 23:59:58.
func WorldsClock() Case {
	return Case{"the clock is the world's", World("{}", Set(1, `, "minReadySeconds": 10`), Pod("web-0", "set", past)), "7.5, "}
}

// RealClock holds where upstream reads the clock itself.
func RealClock() Case {
	return Case{"the requeue is minReadySeconds", World("{}", Set(1, `, "minReadySeconds": 10, "updateStrategy": {"type": "OnDelete"}`),
		Pod("web-0", "set", future)), "10, "}
}

// Recreate holds where there is a gate for this strategy, off by default.
func Recreate() []Case {
	recreate := `, "updateStrategy": {"type": "Recreate"}`
	pod := Pod("web-0", "set", past)
	return []Case{
		{"a gate that is on", World(`{"StatefulSetRecreateStrategy": true}`, Set(1, recreate), pod), "DeletePod web-0, "},
		{"a gate that is off", World("{}", Set(1, recreate), pod),
			"statefulset default/web uses Recreate strategy but feature gate StatefulSetRecreateStrategy is disabled"},
	}
}

// Decisions answers the cases in one stream.
func Decisions(t *testing.T, wiring harness.Wiring, cases ...Case) {
	t.Helper()
	var input, output bytes.Buffer
	for _, c := range cases {
		input.WriteString(c.World + "\n")
	}
	if err := harness.Decide(&input, &output, wiring); err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSuffix(output.String(), "\n"), "\n")
	if len(answers) != len(cases) {
		t.Fatalf("%d answers to %d worlds", len(answers), len(cases))
	}
	for i, c := range cases {
		if said := words(t, answers[i]); said != c.Want {
			t.Errorf("%s: got %q, want %q", c.Proves, said, c.Want)
		}
	}
}

func words(t *testing.T, line string) string {
	t.Helper()
	var answer struct {
		Actions             []harness.Action
		RequeueAfterSeconds float64
		Error, Crash        string
	}
	if err := json.Unmarshal([]byte(line), &answer); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, action := range answer.Actions {
		if action.Type != "CreateControllerRevision" {
			words = append(words, action.Type+" "+action.Name)
		}
	}
	if answer.RequeueAfterSeconds != 0 {
		words = append(words, fmt.Sprint(answer.RequeueAfterSeconds))
	}
	return strings.Join(append(words, answer.Error+answer.Crash), ", ")
}

// LastWords lets one of upstream's goroutines panic, in a process of its own, and gives what that process said.
func LastWords(t *testing.T, wiring harness.Wiring) string {
	t.Helper()
	if os.Getenv("UPSTREAM_PANICS") != "" {
		panicking := func(w *harness.World) map[string]any {
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				panic("a Pod too many")
			}()
			<-ended
			return wiring(w)
		}
		world := strings.Replace(World("{}", Set(0, "")), `"id": 1`, `"id": 4711`, 1)
		t.Error(harness.Decide(strings.NewReader(world+"\n"), io.Discard, panicking))
		return ""
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), "UPSTREAM_PANICS=yes")
	said, err := child.CombinedOutput()
	if err == nil {
		t.Error("the process did not fail")
	}
	return string(said)
}
