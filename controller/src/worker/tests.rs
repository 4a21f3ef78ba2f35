use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::api::{Answer, Verb, Write};
use crate::metrics::Metrics;

/// An API server that takes everything, and whose watches tell it at once.
struct Obliging {
    hub: Arc<Hub>,
    version: AtomicU64,
    /// `readyReplicas` of every status that was written.
    ready: Mutex<Vec<u64>>,
}

impl Obliging {
    fn tell(&self, kind: Kind, mut object: Value) -> Answer {
        let version = self.version.fetch_add(1, Ordering::Relaxed) + 1;
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        if object["metadata"]["uid"].is_null() {
            object["metadata"]["uid"] = json!(format!("uid-{version}"));
        }
        let uid = crate::object::uid(&object).to_owned();
        self.hub.put(kind, 0, object);
        Answer {
            version,
            uid,
            is_terminating: false,
        }
    }
}

impl Api for Obliging {
    async fn write(&self, write: Write) -> Result<Answer, Refusal> {
        let object = match write.verb {
            Verb::Create(object) => object,
            Verb::UpdateStatus(set) => {
                let ready = set["status"]["readyReplicas"].as_u64().unwrap_or(0);
                self.ready.lock().unwrap().push(ready);
                set
            }
            other => panic!("{} {}: not in this story", other.name(), write.name),
        };
        Ok(self.tell(write.kind, object))
    }

    async fn read(&self, _: Kind, _: &str, _: &str) -> Result<Option<Value>, Refusal> {
        Ok(None)
    }
}

/// Works until nothing comes for so long. Time is tokio's, which stands still while there is work.
async fn settle(shop: &Shop<Obliging>, patience: Duration) {
    while let Ok(Some(set)) = tokio::time::timeout(patience, shop.hub.queue.next()).await {
        look(shop, &set).await;
        shop.hub.queue.done(&set);
    }
}

#[test]
fn pods_that_become_ready_within_a_fifth_of_a_second_are_counted_by_one_status_and_the_last_one_at_once() {
    let hub = Arc::new(Hub::new(Arc::new(Metrics::default()), Vec::new()));
    let shop = Shop {
        hub: Arc::clone(&hub),
        api: Obliging {
            hub: Arc::clone(&hub),
            version: AtomicU64::new(0),
            ready: Mutex::default(),
        },
        recorder: None,
        profile: Profile::default(),
    };
    let ready = |ordinal: u32| {
        let key = Key::new("default", &format!("web-{ordinal}"));
        let mut pod = Value::clone(&hub.state().cache.object(Kind::Pod, &key).unwrap());
        pod["status"] = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        shop.api.tell(Kind::Pod, pod);
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "web", "namespace": "default", "uid": "u1", "generation": 1},
            "spec": {"replicas": 6, "serviceName": "web", "podManagementPolicy": "Parallel", "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "nginx"}]}}}});
        shop.api.tell(Kind::StatefulSet, set);
        settle(&shop, Duration::from_secs(1)).await;
        // A Pod that has become ready, and the statuses that are written within 10 ms.
        let told = async |ordinal: u32| {
            ready(ordinal);
            settle(&shop, Duration::from_millis(10)).await;
            std::mem::take(&mut *shop.api.ready.lock().unwrap())
        };
        shop.api.ready.lock().unwrap().clear();
        assert_eq!(told(0).await, [1], "the first is told at once");
        assert_eq!((told(1).await, told(2).await), (vec![], vec![]));
        settle(&shop, Duration::from_secs(1)).await;
        assert_eq!(std::mem::take(&mut *shop.api.ready.lock().unwrap()), [3]);
        assert_eq!(told(3).await, [4], "later ones do not wait");
        assert_eq!(told(4).await, [] as [u64; 0]);
        assert_eq!(told(5).await, [6], "neither does the one that is the last");
    });
}
