package main

import (
	"strings"
	"testing"

	"upstream/harness/expect"
)

func TestSyncReadsTheObservedWorldAndRecordsWhatItAsksFor(t *testing.T) {
	expect.Decisions(t, wiring, append(expect.OfEveryVersion(), expect.WorldsClock())...)
}

func TestTheRecreateStrategyFollowsItsGate(t *testing.T) {
	expect.Decisions(t, wiring, expect.Recreate()...)
}

func TestAPanicInAGoroutineNamesTheWorld(t *testing.T) {
	said := expect.LastWords(t, wiring)
	if !strings.Contains(said, "panic: a Pod too many") || !strings.Contains(said, `"world": "4711"`) {
		t.Errorf("it said: %s", said)
	}
}

func TestAdmissionIsTheAPIServers(t *testing.T) {
	expect.Admission(t, expect.ImmutableFields, expect.PortRefused)
}
