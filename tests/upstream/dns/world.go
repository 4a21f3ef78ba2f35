package main

import (
	"encoding/json"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
)

// world is what a cluster holds, how its DNS is configured, and what it is asked.
type world struct {
	ID            json.RawMessage `json:"id"`
	ClusterDomain string          `json:"clusterDomain"`
	TTL           int             `json:"ttl"`
	// The option `pods`: disabled, insecure or verified.
	PodRecords string `json:"podRecords"`
	// The option `endpoint_pod_names`.
	EndpointPodNames bool          `json:"endpointPodNames"`
	Namespaces       []string      `json:"namespaces"`
	Services         []*v1.Service `json:"services"`
	// Absent: made from the Pods, as the EndpointSlice controller makes them.
	EndpointSlices []*discovery.EndpointSlice `json:"endpointSlices"`
	Pods           []*v1.Pod                  `json:"pods"`
	// Names of the nodes that there are.
	Nodes     []string   `json:"nodes"`
	Questions []question `json:"questions"`
}

// question is a name and a record type; size is what the asker takes over UDP: 512 is a question without EDNS, 0 is TCP.
type question struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	Size uint16 `json:"size"`
}

type answer struct {
	ID      json.RawMessage `json:"id,omitempty"`
	Answers []reply         `json:"answers,omitempty"`
	Crash   string          `json:"crash,omitempty"`
}

// reply is a message as it goes to the asker; records are `NAME TTL TYPE RDATA`.
type reply struct {
	// NOERROR, NXDOMAIN, … or FORWARDED, where the plugin hands the question on.
	Code       string   `json:"code"`
	Answer     []string `json:"answer,omitempty"`
	Additional []string `json:"additional,omitempty"`
	// How long the denial may be kept: the lesser of the SOA's TTL and its minimum, as RFC 2308 has it.
	DenialTTL *uint32 `json:"denialTtl,omitempty"`
	Truncated bool    `json:"truncated,omitempty"`
}
