//! The examples at the end of each command's help.

pub(super) const ROOT: &str = "\
Examples:
  steadfast plan web.yaml                     what creating it will do
  steadfast plan web.yaml web-v2.yaml         what the change will do
  kubectl get sts,pods,pvc,controllerrevisions -o yaml | steadfast plan -
                                              what a cluster will do from here on
  steadfast lint manifests/                   what an API server would say of them

Exit code: 0 stable or nothing to do, 1 blocked or refused, 2 bad input, 3 the end was not reached.";

pub(super) const PLAN: &str = "\
Examples:
  steadfast plan web.yaml                              create it in an empty cluster
  steadfast plan web.yaml web-v2.yaml                  change it from running and stable
  steadfast plan --from web.yaml web-v2.yaml svc.yaml  the same, with more than two files
  steadfast plan --observed dump.yaml web-v2.yaml      change what a cluster holds
  steadfast plan dump.yaml                             what a cluster does from here on
  steadfast plan web-v2.yaml --observed sts/web        change what a live cluster holds, read only
  steadfast plan web.yaml --delete --cascade=orphan    delete it
  steadfast plan web.yaml --watch                      as kubectl get pods -w would print it
  steadfast plan web.yaml --not-ready web-1            what if web-1 never becomes ready
  steadfast plan web.yaml --kubernetes 1.34            the same under another Kubernetes

A dump is what this prints:
  kubectl get statefulsets,pods,persistentvolumeclaims,controllerrevisions,services -o yaml

What the input leaves open (nodes, storage classes, images, Secrets, times) is assumed so that
the rollout can succeed, and the answer says so.

Exit code: 0 stable, 1 blocked, 2 bad input, 3 the end was not reached.";

pub(super) const COMPARE: &str = "\
Examples:
  steadfast compare --kubernetes 1.34,1.35.0,1.37 web.yaml web-v2.yaml
                                              the change under three versions
  steadfast compare dump.yaml                 what a cluster does from here on, under every version
  steadfast compare --kubernetes 1.33,1.34.1 --observed dump.yaml
                                              whether an upgrade of the cluster restarts Pods
  steadfast compare --scenario story.yaml     a scenario, played under every version
  steadfast compare web.yaml web-v2.yaml -o json

Everything but the version is as `plan` has it. Each version is compared with the one before it in
the list. What makes two part is found by trial: the one is asked again with single behaviours of
the other.

Exit code: 0 all versions do the same, 1 they part, 2 bad input.";

pub(super) const DIFF: &str = "\
Examples:
  steadfast diff web.yaml web-v2.yaml         what changes, and whether Pods restart
  kubectl get statefulset web -o yaml | steadfast diff --from - web-v2.yaml
                                              the same for the set that is stored
  steadfast diff web.yaml larger.yaml         what is refused, and what to do instead
  steadfast diff web.yaml web-v2.yaml -o wide long values in full, and every default
  steadfast diff web.yaml web-v2.yaml --kubernetes 1.34

Exit code: 0 no difference, 1 differences, 2 bad input.";

pub(super) const RECREATE: &str = "\
Examples:
  kubectl get statefulsets,pods,persistentvolumeclaims,controllerrevisions,services -o yaml > dump.yaml
  steadfast recreate web-v2.yaml --observed dump.yaml
                                              is it safe to delete the set without its Pods
                                              and to apply web-v2.yaml?
  steadfast recreate web-v2.yaml --observed dump.yaml -o json

Nothing is changed anywhere: both commands are played in the simulator, from what was observed.

Exit code: 0 nothing breaks, 1 something does, 2 bad input.";

pub(super) const RECONCILE: &str = "\
Examples:
  kubectl get statefulsets,pods,persistentvolumeclaims,controllerrevisions -o yaml > dump.yaml
  steadfast reconcile dump.yaml               the next step, and why
  steadfast reconcile dump.yaml -o json       the same as the controller would send it
  steadfast reconcile dump.yaml --set shop/web --kubernetes 1.34
  steadfast reconcile --lines < observations.jsonl > plans.jsonl
  steadfast reconcile dump.yaml --time 10000  how fast the decision is

Exit code: 0 decided, 2 bad input (with --lines: at least one bad line).";

pub(super) const SIMULATE: &str = "\
Examples:
  steadfast simulate node-loss.yaml                the story, step by step
  steadfast simulate node-loss.yaml --watch        as kubectl get pods -w would print it
  steadfast simulate node-loss.yaml --explain      what holds the sets where it ends, and why
  steadfast simulate node-loss.yaml --trace json   everything that happened

Exit code: 0 stable at the end, 1 blocked, 2 bad input, 3 the end was not reached.";

pub(super) const EXPLAIN: &str = "\
Examples:
  kubectl get statefulsets,pods,persistentvolumeclaims,controllerrevisions,services,nodes \\
    -o yaml > dump.yaml
  steadfast explain dump.yaml                 what holds it, what to do, and what that leads to
  steadfast explain dump.yaml --set shop/web
  steadfast explain dump.yaml -o json         for programs
  steadfast explain web -n shop               a live cluster's, read only
  steadfast explain web -n shop --watch       follow a rollout until it is stable or blocked
  steadfast explain -A                        all sets of the cluster, each in a line
  steadfast explain --code RollbackTrap       what a diagnosis means and what to do

An argument is a FILE where there is one of that name, or where it has a `/` or ends in .yaml,
.yml or .json; else, or as sts/NAME, it is a StatefulSet of the live cluster.
The more kinds the dump holds (poddisruptionbudgets, deployments too), the more is judged.
Nothing is changed anywhere: remedies are commands for you, played in the simulator first.

Exit code: 0 stable, on its way or held on purpose, 1 blocked, 2 bad input or no way to the
cluster, 3 no end before --timeout.";

pub(super) const DNS: &str = "\
Examples:
  steadfast dns web.yaml                      the names that there will be once it is stable
  kubectl get statefulsets,pods,services,endpointslices,nodes -o yaml > dump.yaml
  steadfast dns dump.yaml                     which names resolve now, and why others do not
  steadfast dns sts/web -n shop               the same of a live cluster, read only
  steadfast dns dump.yaml --lookup web-0.web --from front-0
                                              as that Pod's resolver would, with search domains
  steadfast dns dump.yaml --lookup _http._tcp.web/SRV
  steadfast dns dump.yaml --cluster-domain k8s.example.com -o json

Answers are those of CoreDNS as kubeadm configures it. EndpointSlices that the input lacks are
made from its Pods, as the cluster does.

Exit code: 0 printed, 1 the name of --lookup does not resolve, 2 bad input.";

pub(super) const LINT: &str = "\
Examples:
  steadfast lint web.yaml                     errors, warnings, and what to do about them
  steadfast lint manifests/                   every .yaml, .yml and .json in a folder and below it
  helm template shop | steadfast lint -       what a chart makes
  steadfast lint --from web.yaml web-v2.yaml  as an update: what may not be changed
  steadfast lint -o github manifests/         annotations in GitHub Actions
  steadfast lint -o sarif manifests/ > steadfast.sarif
  steadfast lint --lines < manifests.jsonl    one {\"new\", \"old\"?} or {\"yaml\"} a line

Other kinds are passed over; Services are read, for the names that they give the Pods.

Exit code: 0 clean, 1 errors (see --fail-on), 2 bad input (with --lines: at least one bad line).";

pub(super) const ADMIT: &str = "\
Examples:
  steadfast admit review.json                 an AdmissionReview, as an API server sends it
  steadfast admit web.yaml web-v2.yaml        the change from one manifest to another
  steadfast admit web-v2.yaml --observed dump.yaml
                                              the change of what a cluster holds, and what stands around it
  steadfast admit web.yaml --scale 1          as `kubectl scale` and autoscalers ask for it
  steadfast admit web.yaml --delete --cascade=orphan
  steadfast admit sts/web -n shop --delete    a live cluster's, read only
  steadfast admit review.json --settings settings.yaml -o json

Policies that read other objects need them in --observed: Pods, claims, Services,
PodDisruptionBudgets, other controllers. A kind that is not there is not known, and warns.

Exit code: 0 let through, 1 denied, 2 bad input, 4 the cluster cannot be read.";

pub(super) const DEFAULT: &str = "\
Examples:
  steadfast default web.yaml                  as kubectl apply --dry-run=server -o yaml
  steadfast default web.yaml --kubernetes 1.34
  diff <(steadfast default web.yaml) <(kubectl get statefulset web -o yaml)

What only a server can know (UID, time of creation, resource version) is not made up.

Exit code: 0 printed, 1 an API server would refuse it, 2 bad input.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  source <(steadfast completions bash)
  steadfast completions zsh > \"${fpath[1]}/_steadfast\"
  steadfast completions fish > ~/.config/fish/completions/steadfast.fish";

pub(super) const VERSION: &str = "\
Examples:
  steadfast version
  steadfast version -o json";
