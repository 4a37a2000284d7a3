//! KMS with as many symmetric keys as a test names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::{Fault, text};

/// The wrapped plaintexts; a wrapped key is the index of its entry here.
#[derive(Default)]
pub(crate) struct Keys(Vec<Wrapped>);

struct Wrapped {
    key: String,
    context: Value,
    plain: String,
}

impl Keys {
    pub(crate) fn answer(&mut self, operation: &str, body: &Value) -> Result<Value, Fault> {
        let context = body.get("EncryptionContext").cloned().unwrap_or_default();
        match operation {
            "GenerateDataKey" => Ok(self.generate(text(body, "KeyId"), context)),
            "Decrypt" => self.decrypt(body, &context),
            _ => Err("UnknownOperationException"),
        }
    }

    fn generate(&mut self, key: &str, context: Value) -> Value {
        let number = u8::try_from(self.0.len()).unwrap_or(u8::MAX);
        let plain = STANDARD.encode([number.wrapping_mul(37) ^ 0xa5; 32]);
        self.0.push(Wrapped { key: key.to_owned(), context, plain: plain.clone() });
        json!({ "KeyId": key, "Plaintext": plain, "CiphertextBlob": STANDARD.encode([number]) })
    }

    fn decrypt(&self, body: &Value, context: &Value) -> Result<Value, Fault> {
        let blob = STANDARD.decode(text(body, "CiphertextBlob")).unwrap_or_default();
        let [number] = blob.as_slice() else { return Err("InvalidCiphertextException") };
        let wrapped = self.0.get(usize::from(*number)).filter(|wrapped| wrapped.context == *context);
        let wrapped = wrapped.ok_or("InvalidCiphertextException")?;
        if body.get("KeyId").and_then(Value::as_str).is_some_and(|key| key != wrapped.key) {
            return Err("IncorrectKeyException");
        }
        Ok(json!({ "KeyId": wrapped.key, "Plaintext": wrapped.plain }))
    }
}
