package main

import (
	"testing"

	"upstream/harness/expect"
)

func TestSyncReadsTheObservedWorldAndRecordsWhatItAsksFor(t *testing.T) {
	expect.Decisions(t, wiring, append(expect.OfEveryVersion(), expect.WorldsClock())...)
}

func TestAdmissionIsTheAPIServers(t *testing.T) {
	expect.Admission(t, expect.OneMessage, expect.PortRefused)
}
