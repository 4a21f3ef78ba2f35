//! Label selectors as PodDisruptionBudgets have them.

use serde_json::Value;
use steadfast_core::observed::Document;

use crate::view;

/// Whether the selector selects an object with these labels. No selector selects nothing, an empty one everything, and
/// one that cannot be read nothing.
///
/// Source: `apimachinery/pkg/apis/meta/v1/helpers.go`, `LabelSelectorAsSelector`.
pub(super) fn is_selected(selector: Option<&Value>, object: &dyn Document) -> bool {
    let Some(selector @ Value::Object(_)) = selector else {
        return false;
    };
    let label = |key: &str| view::text(object, &["metadata", "labels", key]);
    view::strings(selector, &["matchLabels"]).all(|(key, value)| label(key) == Some(value))
        && view::items(selector, &["matchExpressions"])
            .iter()
            .all(|expression| {
                let found = label(view::text_or_empty(expression, &["key"]));
                let values = view::items(expression, &["values"]);
                let is_listed = || found.is_some_and(|found| values.iter().any(|value| value == found));
                match view::text_or_empty(expression, &["operator"]) {
                    "In" => is_listed(),
                    "NotIn" => !values.is_empty() && !is_listed(),
                    "Exists" => found.is_some(),
                    "DoesNotExist" => found.is_none(),
                    _ => false,
                }
            })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_select_as_kubectl_get_dash_l_does() {
        let pod = json!({"metadata": {"labels": {"app": "web", "tier": "front"}}});
        let expression = |key: &str, operator: &str, values: Value| {
            let selector =
                json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
            is_selected(Some(&selector), &pod)
        };
        assert!(is_selected(Some(&json!({"matchLabels": {"app": "web"}})), &pod));
        assert!(!is_selected(
            Some(&json!({"matchLabels": {"app": "web", "tier": "back"}})),
            &pod
        ));
        assert!(
            expression("tier", "In", json!(["front", "back"])) && !expression("none", "In", json!(["front"]))
        );
        assert!(expression("none", "NotIn", json!(["a"])) && !expression("tier", "NotIn", json!(["front"])));
        assert!(expression("tier", "Exists", json!(null)) && expression("none", "DoesNotExist", json!(null)));
        assert!(!expression("tier", "in", json!(["front"])));
        assert!(is_selected(Some(&json!({})), &pod) && !is_selected(None, &pod));
    }
}
