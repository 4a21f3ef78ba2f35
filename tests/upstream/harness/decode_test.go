package harness

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
)

// The same text through both decoders: the same value and the same error, or none.
func TestUnmarshalGivesWhatUpstreamsDecoderGives(t *testing.T) {
	observations := []string{
		`{"now": "2026-11-21T00:00:00.5Z", "statefulSet": {"metadata": {"name": "web", "creationTimestamp": null, "generation": 3,
			"labels": {"a": "b", "a": "c"}, "annotations": {"note": "{\"json\": [1, 2.50, null]} \u00e9 \ud83d\ude00 \ud800"},
			"managedFields": [{"time": "2026-11-21T00:00:00Z", "fieldsV1": {"f:spec": {".": {}}}}]}}}`,
		`{"pods": [{"spec": {"containers": [{"resources": {"limits": {"cpu": "500m", "memory": 1e3}}, "ports": [{"containerPort": 80}],
			"readinessProbe": {"httpGet": {"port": 8080}}, "livenessProbe": {"tcpSocket": {"port": "http"}}}],
			"volumes": [{"name": "v", "emptyDir": {}}], "terminationGracePeriodSeconds": 30, "tolerations": []}}, null, {}]}`,
		`{"controllerRevisions": [{"data": {"spec": {"replicas": 1.5e3}}, "revision": -9007199254740993}], "unknown": [true, {"x": null}]}`,
		`{"Now": "other case"}`, `{"now": "é"}`, "{\"now\": \"\xff\"}", "{\"now\": \"\x01\"}", `{"now": "\x"}`, `{"now": 5}`,
		`{"statefulSet": {"spec": {"replicas": 3.0}}}`, `{"statefulSet": {"spec": {"replicas": 2147483648}}}`,
		`{"statefulSet": {"spec": {"replicas": 01}}}`, `{"statefulSet": {"spec": {"replicas": 1}, "spec": {"serviceName": "s"}}}`,
		`{"statefulSet": {"metadata": {"name": "a"}}, "statefulSet": {"spec": {"serviceName": "s"}}}`,
		`{"statefulSet": {"metadata": {"creationTimestamp": "yesterday"}}}`, `{"pods": {}}`, `{"pods": [{}`, `{"pods": [{},]}`,
		`{"now": "a"} x`, `{"now": "a",}`, `{now: "a"}`, `{"x": 1.}`, `{"x": -}`, `{"x": tru}`, `{"x": 1e5, "y": -0.5E-3}`, `[]`, `null`, ``, ` {} `,
		`{"x": ` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
	}
	for _, text := range observations {
		var ours, theirs Observation
		ourErr, theirErr := unmarshal([]byte(text), &ours), utiljson.Unmarshal([]byte(text), &theirs)
		if (ourErr == nil) != (theirErr == nil) || ourErr != nil && ourErr.Error() != theirErr.Error() {
			t.Errorf("%.300s: error %v, not %v", text, ourErr, theirErr)
		}
		if ourErr == nil && !reflect.DeepEqual(ours, theirs) {
			t.Errorf("%s: %+v, not %+v", text, ours, theirs)
		}
	}
}

// Without this the fast way could be a detour to the slow one that nobody sees.
func TestAUsualObservationTakesTheFastWay(t *testing.T) {
	text := `{"id": 1, "featureGates": {"A": true}, "faults": [{"verb": "create", "times": 2}], "observation": {"x": 1.5,
		"now": "2026-11-21T00:00:00Z", "statefulSet": {"metadata": {"name": "\"web\""}, "spec": {"replicas": 3}}}}`
	var in input
	if !unmarshalUsual([]byte(text), &in) {
		t.Error("it does not")
	}
}

func TestATidyTextIsWhatGoWrites(t *testing.T) {
	texts := map[string]bool{
		`{"a":1,"b":[true,null,"x"],"c":{}}`: true, `{"a":-12}`: true, `"plain"`: true, `123456789012345`: true,
		`{"b":1,"a":2}`: false, `{"a":1,"a":1}`: false, `{"a": 1}`: false, `"<"`: false, `"\u003c"`: false, `"é"`: false,
		`-0`: false, `1.0`: false, `1e2`: false, `12345678901234567890`: false, `{`: false, `1 `: false, ``: false,
	}
	for text, want := range texts {
		if got := isTidy([]byte(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
		if !want {
			continue
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(value); string(again) != text {
			t.Errorf("%s is tidy, but Go writes %s", text, again)
		}
	}
}

func TestADecisionIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	seven, object := 7.5, json.RawMessage(`{"metadata":{"name":"web-0"}}`)
	decisions := []decision{
		{ID: json.RawMessage(`7`), Actions: []Action{}},
		{ID: json.RawMessage(` {"a" : "<"}`), StatusWritten: true, RequeueAfterSeconds: &seven, Error: "a \"<b>\" \u2028 \xff", Actions: []Action{
			{Type: "CreatePod", Name: "web-0", Pod: "web-0", UID: "u", Object: object, Refused: true},
			{Type: "AdoptPod", Name: "é", Patch: json.RawMessage(`{"b": 1, "a": "<"}`)},
		}, Status: &apps.StatefulSetStatus{Replicas: 3, CurrentRevision: "web-<"}},
		{},
	}
	for _, decision := range decisions {
		if decision.Actions == nil {
			decision.Actions = []Action{}
		}
		want, err := json.Marshal(decision)
		if err != nil {
			t.Fatal(err)
		}
		if got := decision.text(); string(got) != string(want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestTheBaseHoldsWhereAWorldSaysNothing(t *testing.T) {
	gates, err := newGates(map[string]bool{"MaxUnavailableStatefulSet": true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		world map[string]bool
		want  bool
	}{{nil, true}, {map[string]bool{"MaxUnavailableStatefulSet": false}, false}, {map[string]bool{}, true}} {
		if err := gates.choose(c.world); err != nil {
			t.Fatal(err)
		}
		if got := utilfeature.DefaultFeatureGate.Enabled("MaxUnavailableStatefulSet"); got != c.want {
			t.Errorf("%v: %t", c.world, got)
		}
	}
}
