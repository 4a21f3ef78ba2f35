//! What happens to each example, and at which moments the cluster is kept.

use super::recorder::{End, Recorder, is_ready};
use serde_json::json;

/// An example and its story.
pub struct Story {
    /// The file in `examples/`, without `.yaml`.
    pub example: &'static str,
    /// The name of its set and Service.
    pub set: &'static str,
    pub play: fn(&mut Recorder) -> Result<(), String>,
}

/// Every story, in the order in which they are played.
///
/// The fake kubelets never pull an image with the tag `no-such-tag`, see `tests/cluster/stages.yaml`.
pub const ALL: [Story; 7] = [
    Story {
        example: "web",
        set: "web",
        play: web,
    },
    Story {
        example: "quorum",
        set: "quorum",
        play: quorum,
    },
    Story {
        example: "primary-replicas",
        set: "db",
        play: primary_replicas,
    },
    Story {
        example: "cache",
        set: "cache",
        play: cache,
    },
    Story {
        example: "canary",
        set: "api",
        play: canary,
    },
    Story {
        example: "broken-image",
        set: "shop",
        play: broken_image,
    },
    Story {
        example: "unbindable-claim",
        set: "archive",
        play: unbindable_claim,
    },
];

fn web(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stable, |on| {
        on.apply("web.yaml")
    })?;
    on.freeze();
    on.moment("stable", "all three replicas are available")?;

    on.freeze();
    on.kubelets(false)?;
    on.delete_pod("web-1")?;
    on.moment(
        "pod-terminating",
        "somebody deleted web-1, which is still terminating",
    )?;
    on.freeze();
    on.kubelets(true)?;
    on.until_pod("web-1", |pod| pod.is_none())?;
    on.moment("pod-deleted", "web-1 is gone, web-2 is not")?;
    on.until(End::Stable)?;

    on.freeze();
    let failed = json!({ "status": { "phase": "Failed" } }).to_string();
    on.kubectl(&[
        "patch",
        "pod",
        "web-1",
        "--subresource=status",
        "--type=merge",
        "-p",
        &failed,
    ])?;
    on.moment("pod-failed", "web-1 has failed")?;
    on.until_pod("web-1", |pod| pod.is_some_and(is_ready))?;
    on.until(End::Stable)?;

    on.freeze();
    on.kubectl(&["delete", "persistentvolumeclaim", "www-web-2", "--wait=false"])?;
    on.delete_pod("web-2")?;
    on.until_pod("web-2", |pod| pod.is_none())?;
    on.moment(
        "claim-terminating",
        "web-2 and its claim were deleted; the claim is still terminating",
    )?;
    on.until(End::Stable)?;

    on.operation("roll", "a newer image", End::Stable, |on| on.apply("web-v2.yaml"))?;
    web_rollback_step_by_step(on)?;

    on.operation("break", "an image that does not exist", End::Stuck, |on| {
        on.image("nginx", "nginx:no-such-tag")
    })?;
    on.freeze();
    on.moment(
        "broken",
        "web-2 cannot pull its image; web-1 and web-0 are still as they were",
    )?;
    on.operation(
        "repair",
        "the working image again, while web-2 is broken",
        End::Stuck,
        |on| on.apply("web.yaml"),
    )?;
    on.freeze();
    on.moment(
        "repaired-but-stuck",
        "the template works again, but web-2 is not replaced by itself",
    )?;
    on.operation(
        "unblock",
        "somebody deleted the broken web-2",
        End::Stable,
        |on| {
            on.delete_pod("web-2")?;
            on.until_pod("web-2", |pod| pod.is_none())
        },
    )?;

    on.operation("scale-up", "from three replicas to five", End::Stable, |on| {
        on.scale(5)
    })?;
    on.operation(
        "scale-down",
        "from five replicas to one, and their claims with them",
        End::Stable,
        |on| on.apply("web-scaled.yaml"),
    )?;
    on.operation(
        "scale-back",
        "to three replicas again, with new claims",
        End::Stable,
        |on| on.apply("web.yaml"),
    )?;
    on.operation("orphan", "deleted without its Pods", End::Orphaned, |on| {
        on.delete_set("orphan")
    })?;
    on.operation(
        "adopt",
        "created again beside the Pods that it left",
        End::Stable,
        |on| on.apply("web.yaml"),
    )?;
    on.operation("delete", "deleted with its Pods", End::Gone, |on| {
        on.delete_set("background")
    })
}

/// The first Pod's replacement, with the kubelets frozen between the steps.
fn web_rollback_step_by_step(on: &mut Recorder) -> Result<(), String> {
    on.freeze();
    on.kubelets(false)?;
    on.apply("web.yaml")?;
    on.moment(
        "rollback",
        "the older image again, after a complete rollout of the newer",
    )?;
    on.freeze();
    on.moment("rollback-terminating", "web-2 is terminating")?;
    on.freeze();
    on.kubelets(true)?;
    on.until_pod("web-2", |pod| pod.is_none())?;
    on.kubelets(false)?;
    on.moment("rollback-pod-gone", "web-2 is gone and not yet created again")?;
    on.quiet(std::time::Duration::from_secs(1))?;
    on.freeze();
    on.moment(
        "rollback-pod-pending",
        "web-2 is created and scheduled, but not running",
    )?;
    on.freeze();
    on.kubelets(true)?;
    on.until_pod("web-2", |pod| pod.is_some_and(is_ready))?;
    on.moment(
        "rollback-one-done",
        "web-2 is ready at the older revision, the others have the newer",
    )?;
    on.until(End::Stable)
}

fn quorum(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stable, |on| {
        on.apply("quorum.yaml")
    })?;
    on.freeze();
    on.moment("stable", "all three members are available")?;
    on.operation("roll", "a newer image", End::Stable, |on| {
        on.image("etcd", "etcd:3.6.5")
    })?;

    on.operation("rollback", "the older image again", End::Stable, |on| {
        on.apply("quorum.yaml")
    })?;
    on.freeze();
    on.delete_pod("quorum-1")?;
    on.until_pod("quorum-1", |pod| pod.is_none())?;
    on.image("etcd", "etcd:3.6.5")?;
    on.moment(
        "pod-deleted-in-rollout",
        "a newer image, and somebody deleted quorum-1",
    )?;
    on.until_pod("quorum-1", |pod| pod.is_some_and(is_ready))?;
    on.freeze();
    on.moment(
        "ready-not-available",
        "quorum-1 is back and ready, but not yet for five seconds",
    )?;
    on.until(End::Stable)?;

    on.operation("break", "an image that does not exist", End::Stuck, |on| {
        on.image("etcd", "etcd:no-such-tag")
    })?;
    on.freeze();
    on.moment("broken", "quorum-2 cannot pull its image")?;
    on.operation(
        "repair",
        "the working image again, and the broken member deleted",
        End::Stable,
        |on| {
            on.apply("quorum.yaml")?;
            on.delete_pod("quorum-2")?;
            on.until_pod("quorum-2", |pod| pod.is_none())
        },
    )?;
    on.operation("scale-up", "from three members to five", End::Stable, |on| {
        on.scale(5)
    })?;
    on.operation("scale-down", "from five members to three", End::Stable, |on| {
        on.scale(3)
    })?;
    // Only the moment: what follows depends on which objects the garbage collector reaches first.
    on.freeze();
    on.delete_set("foreground")?;
    on.moment(
        "delete-foreground",
        "deleted in the foreground: the set waits for its Pods to go",
    )?;
    on.until(End::Gone)
}

fn primary_replicas(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stable, |on| {
        on.apply("primary-replicas.yaml")
    })?;
    on.freeze();
    on.moment("stable", "the primary and both replicas are available")?;
    on.operation("roll", "a newer image", End::Stable, |on| {
        on.image("postgres", "postgres:18.1")
    })?;

    on.freeze();
    on.kubelets(false)?;
    on.scale(1)?;
    on.moment(
        "scale-down-begins",
        "from three replicas to one, whose claims are to be deleted",
    )?;
    on.freeze();
    on.moment("scale-down-terminating", "db-2 is terminating")?;
    on.freeze();
    on.kubelets(true)?;
    on.until_pod("db-2", |pod| pod.is_none())?;
    on.moment("scale-down-one-gone", "db-2 is gone, db-1 is still there")?;
    on.until(End::Stable)?;

    on.operation("scale-up", "from one replica to three", End::Stable, |on| {
        on.scale(3)
    })?;
    on.operation("scale-down", "from three replicas to two", End::Stable, |on| {
        on.scale(2)
    })?;
    on.operation("break", "an image that does not exist", End::Stuck, |on| {
        on.image("postgres", "postgres:no-such-tag")
    })?;
    on.freeze();
    on.moment("broken", "db-1 cannot pull its image, db-0 still runs")?;
    on.operation(
        "repair",
        "the working image again, and the broken Pod deleted",
        End::Stable,
        |on| {
            on.image("postgres", "postgres:18.1")?;
            on.delete_pod("db-1")?;
            on.until_pod("db-1", |pod| pod.is_none())
        },
    )?;
    on.operation(
        "delete",
        "deleted with its Pods; the claims stay",
        End::Gone,
        |on| on.delete_set("background"),
    )
}

fn cache(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stable, |on| {
        on.apply("cache.yaml")
    })?;
    on.freeze();
    on.moment("stable", "all five replicas are available")?;
    on.freeze();
    for pod in ["cache-1", "cache-3"] {
        on.delete_pod(pod)?;
        on.until_pod(pod, |pod| pod.is_none())?;
    }
    on.moment("pods-deleted", "cache-1 and cache-3 are gone")?;
    on.until(End::Stable)?;
    on.operation("roll", "a newer image", End::Stable, |on| {
        on.image("memcached", "memcached:1.6.39")
    })?;
    on.operation("break", "an image that does not exist", End::Stuck, |on| {
        on.image("memcached", "memcached:no-such-tag")
    })?;
    on.freeze();
    on.moment("broken", "cache-4 cannot pull its image")?;
    on.operation(
        "scale-broken",
        "to six replicas while cache-4 is broken",
        End::Stuck,
        |on| on.scale(6),
    )?;
    on.operation(
        "repair",
        "the working image again; Parallel replaces the broken Pods",
        End::Stable,
        |on| on.apply("cache.yaml"),
    )?;
    on.operation("scale-up", "from five replicas to eight", End::Stable, |on| {
        on.scale(8)
    })?;
    on.operation("scale-down", "from eight replicas to two", End::Stable, |on| {
        on.scale(2)
    })?;
    on.operation("delete", "deleted with its Pods", End::Gone, |on| {
        on.delete_set("background")
    })
}

fn canary(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stable, |on| {
        on.apply("canary.yaml")
    })?;
    on.operation(
        "roll",
        "a newer image; partition 4 holds all but api-4",
        End::Stable,
        |on| on.image("api", "httpd:2.4.66"),
    )?;
    on.freeze();
    on.moment(
        "held",
        "api-4 has the newer image, the partition holds the others",
    )?;
    on.freeze();
    on.delete_pod("api-1")?;
    on.until_pod("api-1", |pod| pod.is_none())?;
    on.moment(
        "pod-deleted-below-partition",
        "api-1, which the partition holds, is gone",
    )?;
    on.until(End::Stable)?;
    let partition =
        |at: u32| json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": at } } } });
    on.operation("promote", "the partition goes from 4 to 2", End::Stable, |on| {
        on.patch(&partition(2))
    })?;
    on.operation("finish", "the partition goes to 0", End::Stable, |on| {
        on.patch(&partition(0))
    })?;
    on.operation("break", "an image that does not exist", End::Stuck, |on| {
        on.image("api", "httpd:no-such-tag")
    })?;
    on.freeze();
    on.moment("broken", "api-4 cannot pull its image")?;
    on.operation(
        "repair",
        "the working image again, and the broken Pod deleted",
        End::Stable,
        |on| {
            on.image("api", "httpd:2.4.66")?;
            on.delete_pod("api-4")?;
            on.until_pod("api-4", |pod| pod.is_none())
        },
    )?;
    let start = json!({ "spec": { "ordinals": { "start": 2 } } });
    on.operation(
        "move-start",
        "the ordinals start at 2 instead of 0",
        End::Stable,
        |on| on.patch(&start),
    )?;
    on.operation("scale-up", "from five replicas to six", End::Stable, |on| {
        on.scale(6)
    })?;
    on.operation("scale-down", "from six replicas to three", End::Stable, |on| {
        on.scale(3)
    })?;
    on.operation("delete", "deleted with its Pods", End::Gone, |on| {
        on.delete_set("background")
    })
}

fn broken_image(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stuck, |on| {
        on.apply("broken-image.yaml")
    })?;
    on.freeze();
    on.moment("stuck", "shop-0 cannot pull its image")?;
    on.operation("fix", "an image that exists", End::Stuck, |on| {
        on.image("shop", "nginx:1.28")
    })?;
    on.freeze();
    on.moment(
        "fixed-but-stuck",
        "the template works now, but shop-0 is not replaced by itself",
    )?;
    on.operation(
        "unblock",
        "somebody deleted the broken shop-0",
        End::Stable,
        |on| {
            on.delete_pod("shop-0")?;
            on.until_pod("shop-0", |pod| pod.is_none())
        },
    )?;
    on.operation("delete", "deleted with its Pods", End::Gone, |on| {
        on.delete_set("background")
    })
}

fn unbindable_claim(on: &mut Recorder) -> Result<(), String> {
    on.operation("create", "the set was just created", End::Stuck, |on| {
        on.apply("unbindable-claim.yaml")
    })?;
    on.freeze();
    on.moment(
        "stuck",
        "the claim of archive-0 is not bound, so archive-0 is not scheduled",
    )?;
    on.operation(
        "delete",
        "deleted with its Pods; the claim stays",
        End::Gone,
        |on| on.delete_set("background"),
    )
}
