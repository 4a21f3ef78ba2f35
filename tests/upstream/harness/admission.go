package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	apps "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	genericvalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	fields "k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	within "k8s.io/kubernetes/pkg/apis/apps"
	registry "k8s.io/kubernetes/pkg/registry/apps/statefulset"
)

// admissionInput is a line of --admission.
type admissionInput struct {
	New          json.RawMessage `json:"new"`
	YAML         *string         `json:"yaml"` // in the place of new: the text of a request of type application/yaml
	Old          json.RawMessage `json:"old"`
	Subresource  string          `json:"subresource"`
	FeatureGates map[string]bool `json:"featureGates"`
}

type admission struct {
	Object   *apps.StatefulSet `json:"object,omitempty"`
	Errors   []fieldError      `json:"errors"`
	Warnings []string          `json:"warnings"`
	Revision string            `json:"revision"` // the name of the first revision of the object

	DecodeError   string `json:"decodeError,omitempty"`   // the only answer where the decoder refuses the new object
	Refused       string `json:"refused,omitempty"`       // an answer of the API server that is no list of field errors
	RevisionError string `json:"revisionError,omitempty"` // why the controller makes no revision of it
}

// fieldError is a field.Error without the bad value, which no two versions print alike.
type fieldError struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// admissionLine does with a StatefulSet what an API server does between reading a request and writing to its store.
func admissionLine(line []byte, gates *gates) (answer any) {
	defer func() {
		// An API server turns it into an answer 500.
		if cause := recover(); cause != nil {
			answer = crash{nil, fmt.Sprintf("panic: %v", cause)}
		}
	}()
	var in admissionInput
	if err := json.Unmarshal(line, &in); err != nil {
		return crash{nil, err.Error()}
	}
	if err := gates.choose(in.FeatureGates); err != nil {
		return crash{nil, err.Error()}
	}
	found, err := admit(in)
	if err != nil {
		return crash{nil, err.Error()}
	}
	return found
}

// admit fails where the question is none: an old object that is not readable, say.
func admit(in admissionInput) (*admission, error) {
	if in.Subresource != "" && (in.Subresource != "status" || in.Old == nil) {
		return nil, errors.New("subresource: only `status`, and with an old object")
	}
	answer, recorded := &admission{Errors: []fieldError{}}, &warnings{texts: []string{}}
	ctx := warning.WithWarningRecorder(context.Background(), recorded)
	set, err := readRequest(ctx, in)
	if err != nil {
		answer.DecodeError, answer.Warnings = err.Error(), recorded.texts
		return answer, nil
	}
	given := set.DeepCopy()
	var old *within.StatefulSet
	if in.Old != nil {
		if old, err = decode(in.Old); err != nil {
			return nil, fmt.Errorf("old: %w", err)
		}
	}
	ctx = withRequest(ctx, in.Subresource, set, old)
	var filled func(*apps.StatefulSet)
	if old == nil {
		filled, err = create(ctx, set, given)
	} else {
		filled, err = update(ctx, set, old, in.Subresource)
	}
	if answer.Errors, answer.Refused, err = fieldErrors(ctx, err, set, old, in.Subresource); err != nil {
		return nil, err
	}
	answer.Warnings = recorded.texts
	if answer.Object, err = asStored(set); err != nil {
		return nil, err
	}
	none := int32(0)
	if revision, err := newRevision(answer.Object, 1, &none); err != nil {
		answer.RevisionError = err.Error()
	} else {
		answer.Revision = revision.Name
	}
	filled(answer.Object)
	return answer, nil
}

// withRequest gives what the handlers know of a request; its namespace is that of the objects, as the URL's would be.
func withRequest(ctx context.Context, subresource string, set, old *within.StatefulSet) context.Context {
	namespace, verb := set.Namespace, "create"
	if old != nil {
		verb = "update"
		if namespace == "" {
			namespace = old.Namespace
		}
	}
	if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	ctx = request.WithNamespace(ctx, namespace)
	return request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: verb, APIPrefix: "apis", APIGroup: within.GroupName, APIVersion: "v1",
		Namespace: namespace, Resource: "statefulsets", Subresource: subresource, Name: set.Name,
	})
}

// create returns what takes off again what is random, the moment's, or the request's.
func create(ctx context.Context, set, given *within.StatefulSet) (func(*apps.StatefulSet), error) {
	rest.WipeObjectMetaSystemFields(set)
	ensureOwnersOnce(set, ctx, false)
	rest.FillObjectMetaSystemFields(set)
	if set.GenerateName != "" && set.Name == "" {
		// Upstream's own cut, with the five random letters replaced.
		generated := registry.Strategy.GenerateName(set.GenerateName)
		set.Name = generated[:len(generated)-randomLetters] + strings.Repeat("x", randomLetters)
	}
	err := rest.BeforeCreate(registry.Strategy, ctx, set)
	return func(stored *apps.StatefulSet) {
		stored.UID, stored.CreationTimestamp = "", metav1.Time{}
		if given.Namespace == "" {
			stored.Namespace = ""
		}
	}, err
}

const randomLetters = 5

// update gives the stored object what every stored object has, and takes off again what neither object came with.
func update(ctx context.Context, set, old *within.StatefulSet, subresource string) (func(*apps.StatefulSet), error) {
	before, given := old.DeepCopy(), set.DeepCopy()
	if old.Namespace == "" {
		old.Namespace = request.NamespaceValue(ctx)
	}
	if old.UID == "" {
		old.UID = "00000000-0000-0000-0000-000000000001"
	}
	if old.ResourceVersion == "" {
		old.ResourceVersion = "1"
	}
	if old.Generation == 0 {
		old.Generation = 1
	}
	if old.CreationTimestamp.IsZero() {
		old.CreationTimestamp = metav1.Unix(0, 0)
	}
	if set.ResourceVersion == "" {
		set.ResourceVersion = old.ResourceVersion
	}
	ensureOwnersOnce(set, ctx, true)
	strategy := rest.RESTUpdateStrategy(registry.Strategy)
	if subresource == "status" {
		strategy = registry.StatusStrategy
	}
	err := rest.BeforeUpdate(strategy, ctx, set, old)
	return func(stored *apps.StatefulSet) {
		if before.Namespace == "" && given.Namespace == "" {
			stored.Namespace = ""
		}
		if before.UID == "" && given.UID == "" {
			stored.UID = ""
		}
		if before.ResourceVersion == "" && given.ResourceVersion == "" {
			stored.ResourceVersion = ""
		}
		if before.CreationTimestamp.IsZero() {
			stored.CreationTimestamp = given.CreationTimestamp
		}
	}, err
}

// fieldErrors gives the causes of upstream's answer, each with its raw detail. A cause's message joins type, value and
// detail with colons that values may hold too, so the detail is taken from the error itself: validation does not
// change the object, and is asked once more. What rest.Before… answered stays the authority for which errors there are
// and in which order, so that no copy of its order, and of what declarative validation adds or takes away, stands here.
func fieldErrors(ctx context.Context, err error, set, old *within.StatefulSet, subresource string) ([]fieldError, string, error) {
	found := []fieldError{}
	if err == nil {
		return found, "", nil
	}
	status, is := err.(*apierrors.StatusError)
	if !is || status.ErrStatus.Reason != metav1.StatusReasonInvalid || status.ErrStatus.Details == nil {
		return found, err.Error(), nil
	}
	details, causes := map[metav1.StatusCause]string{}, status.ErrStatus.Details.Causes
	// Upstream gives the volumes of claim templates random indices, so one more run may not repeat them all.
	for range mostRuns {
		for _, raw := range rawErrors(ctx, set, old, subresource) {
			cause := metav1.StatusCause{Type: metav1.CauseType(raw.Type), Message: raw.ErrorBody(), Field: raw.Field}
			details[cause] = raw.Detail
		}
		if !slices.ContainsFunc(causes, func(cause metav1.StatusCause) bool { _, is := details[cause]; return !is }) {
			break
		}
	}
	for _, cause := range causes {
		detail, is := details[cause]
		if !is {
			return nil, "", fmt.Errorf("an error that validation does not repeat: %s: %s", cause.Field, cause.Message)
		}
		found = append(found, fieldError{string(cause.Type), cause.Field, detail})
	}
	return found, "", nil
}

const mostRuns = 300

func rawErrors(ctx context.Context, set, old *within.StatefulSet, subresource string) fields.ErrorList {
	switch {
	case old == nil:
		return ValidateCreate(ctx, set, registry.Strategy)
	case subresource == "status":
		return ValidateUpdate(ctx, set, old, registry.StatusStrategy)
	default:
		return ValidateUpdate(ctx, set, old, registry.Strategy)
	}
}

// ValidateCreate and ValidateUpdate give all errors that rest.Before… can answer with, in any order. A version whose
// rest package exports them puts those here: they add what generated code finds.
var (
	ValidateCreate = func(ctx context.Context, set runtime.Object, strategy rest.RESTCreateStrategy) fields.ErrorList {
		return append(strategy.Validate(ctx, set), metadataErrors(set, nil)...)
	}
	ValidateUpdate = func(ctx context.Context, set, old runtime.Object, strategy rest.RESTUpdateStrategy) fields.ErrorList {
		return append(strategy.ValidateUpdate(ctx, set, old), metadataErrors(set, old)...)
	}
)

func metadataErrors(object, old runtime.Object) fields.ErrorList {
	set, is := object.(metav1.Object)
	if !is {
		return nil
	}
	at := fields.NewPath("metadata")
	errs := genericvalidation.ValidateObjectMetaAccessor(set, true, path.ValidatePathSegmentName, at)
	if before, is := old.(metav1.Object); is {
		errs = append(errs, genericvalidation.ValidateObjectMetaAccessorUpdate(set, before, at)...)
	}
	return errs
}

// asStored is the object as a read gives it back: each read defaults.
func asStored(set *within.StatefulSet) (*apps.StatefulSet, error) {
	versioned, err := legacyscheme.Scheme.ConvertToVersion(set.DeepCopy(), apps.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	result, is := versioned.(*apps.StatefulSet)
	if !is {
		return nil, errors.New("no StatefulSet came back")
	}
	legacyscheme.Scheme.Default(result)
	return result, nil
}

// warnings keeps each text once, as the API server's recorder does, but never shortens.
type warnings struct{ texts []string }

func (w *warnings) AddWarning(_, text string) {
	if text == "" {
		return
	}
	for _, known := range w.texts {
		if known == text {
			return
		}
	}
	w.texts = append(w.texts, text)
}
