//! One operation of the document.

use serde_json::{Map, Value as Json, json};

use super::{parameters, responses};

/// Who is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody.
    Anybody,
    /// Whoever proves who they are.
    Known,
    /// Whoever has a key.
    Key,
}

/// An operation in the making.
pub(super) struct Operation {
    id: String,
    group: String,
    summary: String,
    description: String,
    parameters: Vec<Json>,
    responses: Vec<(u16, Json)>,
    /// Who is answered.
    pub(super) access: Access,
    /// `get` and the like.
    method: &'static str,
    body: Option<Json>,
}

impl Operation {
    /// An operation that reads, with the answers that every one can give.
    pub(super) fn new(id: &str, group: &str, summary: &str) -> Operation {
        Operation::with(id, group, summary, "get", Access::Anybody)
            .takes(["Prefer", "XChangeSeq"].map(parameters::reference))
            .answer_with(&[
                (400, "BadRequest"),
                (401, "Unauthorized"),
                (403, "Forbidden"),
                (404, "NoSuchFormat"),
                (406, "NotAcceptable"),
                (429, "TooMany"),
                (503, "Busy"),
            ])
    }

    /// An operation that changes something, with the answers that every one can give.
    pub(super) fn changing(method: &'static str, id: &str, group: &str, summary: &str) -> Operation {
        Operation::with(id, group, summary, method, Access::Key)
            .takes([parameters::reference("XChangeSeq")])
            .answer_with(&[
                (400, "BadBody"),
                (401, "KeyNeeded"),
                (403, "NotPermitted"),
                (404, "NotThere"),
                (406, "NotAcceptable"),
                (429, "TooMany"),
                (503, "NotNow"),
            ])
    }

    /// The client may name the request, and repeat it then.
    pub(super) fn repeatable(self) -> Operation {
        self.takes([parameters::reference("IdempotencyKey")])
            .answer_with(&[(409, "UnderWay"), (422, "OtherRequest")])
    }

    fn with(id: &str, group: &str, summary: &str, method: &'static str, access: Access) -> Operation {
        Operation {
            id: id.to_owned(),
            group: group.to_owned(),
            summary: summary.to_owned(),
            description: String::new(),
            parameters: Vec::new(),
            responses: Vec::new(),
            access,
            method,
            body: None,
        }
    }

    fn answer_with(self, shared: &[(u16, &str)]) -> Operation {
        shared
            .iter()
            .fold(self, |operation, (status, name)| operation.answers(*status, responses::reference(name)))
    }

    /// Takes a body by this schema; `required` where none is an error. What a body can be besides is answered here.
    pub(super) fn reads(mut self, schema: Json, required: bool) -> Operation {
        const MEDIA: [&str; 3] =
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
        let content: Map<String, Json> =
            MEDIA.iter().map(|media| ((*media).to_owned(), json!({ "schema": schema }))).collect();
        self.body = Some(json!({ "required": required, "content": content }));
        self.answer_with(&[(408, "BodyTooSlow"), (413, "BodyTooLong"), (415, "OtherMedia")])
    }

    pub(super) fn text(mut self, description: &str) -> Operation {
        self.description = description.to_owned();
        self
    }

    pub(super) fn takes(mut self, parameters: impl IntoIterator<Item = Json>) -> Operation {
        self.parameters.extend(parameters);
        self
    }

    /// Sets the answer with a status.
    pub(super) fn answers(mut self, status: u16, answer: Json) -> Operation {
        self.responses.retain(|(other, _)| *other != status);
        self.responses.push((status, answer));
        self
    }

    /// Takes back answers that are not given.
    pub(super) fn without(mut self, statuses: &[u16]) -> Operation {
        self.responses.retain(|(status, _)| !statuses.contains(status));
        self
    }

    /// 200, and 304 for those who have it already.
    pub(super) fn succeeds(self, answer: Json) -> Operation {
        self.answers(200, answer)
            .answers(304, responses::reference("NotModified"))
            .takes([parameters::reference("IfNoneMatch")])
    }

    pub(super) fn plain(self) -> Operation {
        self.takes(["pretty", "format"].map(parameters::reference))
    }

    /// Adds itself to the operations of a path.
    pub(super) fn stand_in(self, paths: &mut Map<String, Json>, path: String) {
        let method = self.method;
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(method.to_owned(), self.into_json());
        }
    }

    fn into_json(mut self) -> Json {
        self.responses.sort_by_key(|(status, _)| *status);
        let responses: Map<String, Json> =
            self.responses.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect();
        let (key, password) = (json!({ "key": [] }), json!({ "password": [] }));
        let security = match self.access {
            Access::Anybody => vec![json!({}), key, password],
            Access::Known => vec![key, password],
            Access::Key => vec![key],
        };
        let mut operation = json!({ "operationId": self.id, "tags": [self.group], "summary": self.summary });
        if let Some(object) = operation.as_object_mut() {
            if !self.description.is_empty() {
                object.insert("description".into(), self.description.into());
            }
            object.insert("security".into(), security.into());
            object.insert("parameters".into(), self.parameters.into());
            if let Some(body) = self.body {
                object.insert("requestBody".into(), body);
            }
            object.insert("responses".into(), responses.into());
        }
        operation
    }
}
