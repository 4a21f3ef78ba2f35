package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"upstream/harness"
)

const template = `{"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}`

// set is web with the given replicas; more holds further members of its spec.
func set(replicas int, more string) string {
	return fmt.Sprintf(`{"metadata": {"name": "web", "uid": "set"}, "spec": {"replicas": %d, "revisionHistoryLimit": 10,
		"serviceName": "web", "selector": {"matchLabels": {"app": "web"}}, "template": %s %s}}`, replicas, template, more)
}

// pod is a ready Pod since 23:59:58; owner is the UID of its controller, empty for an orphan.
func pod(name, owner string) string {
	references := "[]"
	if owner != "" {
		references = fmt.Sprintf(`[{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": %q, "controller": true}]`, owner)
	}
	return fmt.Sprintf(`{"metadata": {"name": %q, "uid": "uid-%s", "labels": {"app": "web", "statefulset.kubernetes.io/pod-name": %q},
		"ownerReferences": %s}, "spec": {}, "status": {"phase": "Running", "conditions":
		[{"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-20T23:59:58Z"}]}}`, name, name, name, references)
}

func world(gates, set string, pods ...string) string {
	return fmt.Sprintf(`{"id": 1, "featureGates": %s, "observation": {"now": "2026-11-21T00:00:00.5Z", "statefulSet": %s, "pods": [%s]}}`,
		gates, set, strings.Join(pods, ","))
}

// decide gives a line for each world: its actions, then requeue, error and crash where there are any.
func decide(t *testing.T, worlds ...string) []string {
	t.Helper()
	var input, output bytes.Buffer
	for _, world := range worlds {
		input.WriteString(strings.ReplaceAll(world, "\n", " ") + "\n")
	}
	if err := harness.Decide(&input, &output, wiring); err != nil {
		t.Fatal(err)
	}
	var answers []string
	for decoder := json.NewDecoder(&output); decoder.More(); {
		var answer struct {
			Actions             []harness.Action
			RequeueAfterSeconds float64
			Error, Crash        string
		}
		if err := decoder.Decode(&answer); err != nil {
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
		answers = append(answers, strings.Join(append(words, answer.Error+answer.Crash), ", "))
	}
	return answers
}

func TestSyncReadsTheObservedWorldAndRecordsWhatItAsksFor(t *testing.T) {
	claims := `, "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]`
	recreate := `, "updateStrategy": {"type": "Recreate"}`
	cases := []struct{ proves, world, want string }{
		{"the claim comes before the Pod, one Pod at a time", world("{}", set(2, claims)),
			"CreatePersistentVolumeClaim data-web-0, CreatePod web-0, "},
		{"an orphan is adopted and counts as owned", world("{}", set(1, `, "updateStrategy": {"type": "OnDelete"}`), pod("web-0", "")),
			"AdoptPod web-0, "},
		{"a foreign Pod takes the name", world("{}", set(1, ""), pod("web-0", "other")),
			`CreatePod web-0, pods "web-0" already exists`},
		{"an excess Pod is deleted", world("{}", set(0, ""), pod("web-0", "set")), "DeletePod web-0, "},
		{"the clock is the world's", world("{}", set(1, `, "minReadySeconds": 10`), pod("web-0", "set")), "7.5, "},
		{"a gate holds for its world", world(`{"StatefulSetRecreateStrategy": true}`, set(1, recreate), pod("web-0", "set")),
			"DeletePod web-0, "},
		{"and no longer", world("{}", set(1, recreate), pod("web-0", "set")),
			"statefulset default/web uses Recreate strategy but feature gate StatefulSetRecreateStrategy is disabled"},
		{"a panic is an answer", world("{}", `{"metadata": {"name": "web", "uid": "set"}, "spec": {}}`),
			"panic: runtime error: invalid memory address or nil pointer dereference"},
		{"a bad line is an answer", "{", "unexpected end of JSON input"},
		{"and the stream goes on", world("{}", set(0, "")), ""},
	}
	var worlds []string
	for _, c := range cases {
		worlds = append(worlds, c.world)
	}
	answers := decide(t, worlds...)
	if len(answers) != len(cases) {
		t.Fatalf("%d answers to %d worlds", len(answers), len(cases))
	}
	for i, c := range cases {
		if answers[i] != c.want {
			t.Errorf("%s: got %q, want %q", c.proves, answers[i], c.want)
		}
	}
}
