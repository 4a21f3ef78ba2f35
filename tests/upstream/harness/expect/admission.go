package expect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"upstream/harness"
)

// OneMessage is what releases up to 1.36 say of any immutable field; later ones name each field.
const OneMessage = "FieldValueForbidden spec: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
	"'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

// ImmutableFields are the messages of the later ones for what Admission changes.
const ImmutableFields = "FieldValueInvalid spec.serviceName: field is immutable; FieldValueInvalid spec.podManagementPolicy: field is immutable"

// What releases say of a port that there is not: 1.33 has no look at the Pod template's spec.
const (
	PortRefused = "FieldValueInvalid spec.template.spec.containers[0].ports[0].containerPort: must be between 1 and 65535, inclusive"
	PortTaken   = "replicas 3 OrderedReady"
)

// Admission asks what an API server says: to a good set, a bad one, a change of immutable fields, a doubtful value, fields
// that are unknown or doubled, text in YAML, and a value that cannot be decoded.
func Admission(t *testing.T, immutable, port string) {
	t.Helper()
	good := Set(3, "")
	changed := strings.Replace(good, `"serviceName": "web"`, `"serviceName": "other", "podManagementPolicy": "Parallel"`, 1)
	badPort := strings.Replace(good, `"image": "i"`, `"image": "i", "ports": [{"containerPort": 70000}]`, 1)
	cases := []struct{ proves, line, want string }{
		{"a good set is taken, with defaults", `{"new": ` + good + `}`, "replicas 3 OrderedReady"},
		{"a pair that differs in nothing is taken", `{"new": ` + good + `, "old": ` + good + `}`, "replicas 3 OrderedReady"},
		{"the Pod template's rules count", `{"new": ` + badPort + `}`, port},
		{"immutable fields", `{"new": ` + changed + `, "old": ` + good + `}`, immutable},
		{"a negative limit is warned of", `{"new": ` + Set(1, `, "revisionHistoryLimit": -1`) + `}`, "replicas 1 OrderedReady, " +
			`warning: duplicate field "spec.revisionHistoryLimit", ` +
			"warning: spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"},
		{"an unknown field is warned of", `{"new": ` + Set(1, `, "foo": 1`) + `}`, `replicas 1 OrderedReady, warning: unknown field "spec.foo"`},
		{"YAML is read", fmt.Sprintf(`{"yaml": %q}`, "kind: StatefulSet\nkind: StatefulSet\nspec: {replicas: three}"),
			"no: json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32"},
		{"a status that cannot be", `{"subresource": "status", "old": ` + good + `, "new": {"metadata": {"name": "web"}, "status": {"replicas": -1}}}`,
			"FieldValueInvalid status.replicas: must be greater than or equal to 0"},
	}
	var input, output bytes.Buffer
	for _, c := range cases {
		input.WriteString(strings.ReplaceAll(c.line, "\n", " ") + "\n")
	}
	if err := harness.Admit(&input, &output); err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSpace(output.String()), "\n")
	for at, c := range cases {
		if got := inWords(t, answers[at]); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got\n%s\nnot\n%s\nin %s", c.proves, got, c.want, answers[at])
		}
	}
}

func inWords(t *testing.T, line string) string {
	t.Helper()
	var answer struct {
		Object struct {
			Spec struct {
				Replicas            int
				PodManagementPolicy string
			}
		}
		Errors                []struct{ Type, Field, Detail string }
		Warnings              []string
		DecodeError, Revision string
	}
	if err := json.Unmarshal([]byte(line), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.DecodeError != "" {
		return "no: " + answer.DecodeError
	}
	if !strings.HasPrefix(answer.Revision, "web-") {
		t.Errorf("a revision is called `%s`", answer.Revision)
	}
	var words []string
	for _, e := range answer.Errors {
		words = append(words, e.Type+" "+e.Field+": "+e.Detail)
	}
	if len(words) > 0 {
		return strings.Join(words, "; ")
	}
	words = append(words, fmt.Sprintf("replicas %d %s", answer.Object.Spec.Replicas, answer.Object.Spec.PodManagementPolicy))
	for _, warning := range answer.Warnings {
		words = append(words, "warning: "+warning)
	}
	return strings.Join(words, ", ")
}
