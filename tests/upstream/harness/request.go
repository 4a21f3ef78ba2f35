package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	_ "unsafe" // for go:linkname

	apps "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"
	_ "k8s.io/apiserver/pkg/endpoints/handlers" // two of the functions below are its own
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	within "k8s.io/kubernetes/pkg/apis/apps"
	"k8s.io/kubernetes/pkg/capabilities"
	"sigs.k8s.io/yaml"
)

// Privileged containers are allowed, as every installer starts an API server (--allow-privileged; its own default is no).
func init() { capabilities.Setup(true, 0) }

//go:linkname addStrictDecodingWarnings k8s.io/apiserver/pkg/endpoints/handlers.addStrictDecodingWarnings
func addStrictDecodingWarnings(ctx context.Context, errs []error)

//go:linkname ensureOwnersOnce k8s.io/apiserver/pkg/endpoints/handlers.dedupOwnerReferencesAndAddWarning
func ensureOwnersOnce(obj runtime.Object, ctx context.Context, afterMutatingAdmission bool)

// newRevision is what the controller's sync begins with; all of a sync would take as long again as everything else here.
//
//go:linkname newRevision k8s.io/kubernetes/pkg/controller/statefulset.newRevision
func newRevision(set *apps.StatefulSet, revision int64, collisionCount *int32) (*apps.ControllerRevision, error)

// decoders of request bodies by media type, strict and not, each followed by defaults and conversion.
var decoders = func() map[string][2]runtime.Decoder {
	found, internal := map[string][2]runtime.Decoder{}, within.SchemeGroupVersion
	for _, info := range legacyscheme.Codecs.SupportedMediaTypes() {
		if info.StrictSerializer != nil {
			found[info.MediaType] = [2]runtime.Decoder{
				legacyscheme.Codecs.DecoderToVersion(info.StrictSerializer, internal),
				legacyscheme.Codecs.DecoderToVersion(info.Serializer, internal),
			}
		}
	}
	return found
}()

var kind = apps.SchemeGroupVersion.WithKind("StatefulSet")

// readRequest decodes as the handlers of create and update do where fieldValidation is Warn, its default.
func readRequest(ctx context.Context, in admissionInput) (*within.StatefulSet, error) {
	body, media := []byte(in.New), runtime.ContentTypeJSON
	if in.YAML != nil {
		body, media = []byte(*in.YAML), runtime.ContentTypeYAML
	}
	// The defaulted kind is written into what is passed.
	defaultKind := kind
	object, found, err := decoders[media][0].Decode(body, &defaultKind, &within.StatefulSet{})
	if strict, is := runtime.AsStrictDecodingError(err); is && object != nil {
		addStrictDecodingWarnings(ctx, strict.Errors())
	} else if err != nil {
		return nil, err
	}
	return asSet(object, found)
}

func decode(text []byte) (*within.StatefulSet, error) {
	defaultKind := kind
	object, found, err := decoders[runtime.ContentTypeJSON][1].Decode(text, &defaultKind, &within.StatefulSet{})
	if err != nil {
		return nil, err
	}
	return asSet(object, found)
}

func asSet(object runtime.Object, found *schema.GroupVersionKind) (*within.StatefulSet, error) {
	if version := found.GroupVersion(); version != apps.SchemeGroupVersion {
		return nil, fmt.Errorf("the API version in the data (%s) does not match the expected API version (%s)", version, apps.SchemeGroupVersion)
	}
	set, is := object.(*within.StatefulSet)
	if !is {
		return nil, fmt.Errorf("%T is no StatefulSet", object)
	}
	return set, nil
}

type yamlAnswer struct {
	JSON      *string   `json:"json,omitempty"`
	Documents *[]string `json:"documents,omitempty"` // of a file
	Error     string    `json:"error,omitempty"`
	Strict    string    `json:"strict,omitempty"` // what only the strict reading refuses, where the lenient one does not
}

// yamlLine reads a text as the API server reads a request, or a file as kubectl does, before they know its kind.
func yamlLine(line []byte) (answer any) {
	var in struct {
		Text *string `json:"text"`
		File *string `json:"file"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return crash{nil, err.Error()}
	}
	defer func() {
		if cause := recover(); cause != nil {
			answer = yamlAnswer{Error: fmt.Sprintf("panic: %v", cause)}
		}
	}()
	switch {
	case in.Text != nil:
		return readYAML(*in.Text)
	case in.File != nil:
		return readFile(*in.File)
	}
	return crash{nil, "neither text nor file"}
}

func readYAML(text string) yamlAnswer {
	read, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return yamlAnswer{Error: err.Error()}
	}
	json, strict := string(read), ""
	if _, err := yaml.YAMLToJSONStrict([]byte(text)); err != nil {
		strict = err.Error()
	}
	return yamlAnswer{JSON: &json, Strict: strict}
}

// readFile gives the documents of a file, as the visitors of kubectl's files take them from its decoder.
func readFile(text string) yamlAnswer {
	documents, decoder := []string{}, yamlutil.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var document runtime.RawExtension
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return yamlAnswer{Documents: &documents}
		} else if err != nil {
			return yamlAnswer{Error: err.Error()}
		}
		if raw := bytes.TrimSpace(document.Raw); len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
			documents = append(documents, string(raw))
		}
	}
}
