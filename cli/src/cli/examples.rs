//! The examples at the end of each command's help.

pub(super) const ROOT: &str = "\
Examples:
  steadfast plan web.yaml                     what creating it will do
  steadfast plan web.yaml web-v2.yaml         what the change will do
  kubectl get sts,pods,pvc,controllerrevisions -o yaml | steadfast plan -
                                              what a cluster will do from here on

Exit code: 0 stable or nothing to do, 1 blocked, 2 bad input, 3 the end was not reached.";

pub(super) const PLAN: &str = "\
Examples:
  steadfast plan web.yaml                              create it in an empty cluster
  steadfast plan web.yaml web-v2.yaml                  change it from running and stable
  steadfast plan --from web.yaml web-v2.yaml svc.yaml  the same, with more than two files
  steadfast plan --observed dump.yaml web-v2.yaml      change what a cluster holds
  steadfast plan dump.yaml                             what a cluster does from here on
  steadfast plan web.yaml --delete --cascade=orphan    delete it
  steadfast plan web.yaml --watch                      as kubectl get pods -w would print it
  steadfast plan web.yaml --not-ready web-1            what if web-1 never becomes ready
  steadfast plan web.yaml --kubernetes 1.34            the same under another Kubernetes

A dump is what this prints:
  kubectl get statefulsets,pods,persistentvolumeclaims,controllerrevisions,services -o yaml

What the input leaves open (nodes, storage classes, images, Secrets, times) is assumed so that
the rollout can succeed, and the answer says so.

Exit code: 0 stable, 1 blocked, 2 bad input, 3 the end was not reached.";

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
  steadfast simulate node-loss.yaml --trace json   everything that happened

Exit code: 0 stable at the end, 1 blocked, 2 bad input, 3 the end was not reached.";

pub(super) const COMPLETIONS: &str = "\
Examples:
  source <(steadfast completions bash)
  steadfast completions zsh > \"${fpath[1]}/_steadfast\"
  steadfast completions fish > ~/.config/fish/completions/steadfast.fish";

pub(super) const VERSION: &str = "\
Examples:
  steadfast version
  steadfast version -o json";
