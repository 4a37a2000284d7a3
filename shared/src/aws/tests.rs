use super::*;

const KEYS: [(&str, &str); 3] =
    [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "secret")];

fn config(more: &'static [(&'static str, &'static str)], without: &'static str) -> Config {
    Config::new(move |name| {
        let mut variables = more.iter().chain(&KEYS).filter(|(known, _)| *known != without);
        variables.find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn error_text(config: &Config) -> String {
    Aws::new(config).err().unwrap().to_string()
}

#[test]
fn every_missing_or_wrong_variable_is_named() {
    for (variable, _) in KEYS {
        assert_eq!(error_text(&config(&[], variable)), format!("{variable}: is missing"));
    }
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SECRETS_MANAGER"] {
        let wrong: &'static [_] = Box::leak(Box::new([(variable, "localhost:8000")]));
        assert!(error_text(&config(wrong, "")).starts_with(&format!("{variable}: ")));
    }
}

#[test]
fn an_emulator_of_one_service_comes_before_one_of_all() {
    let config =
        config(&[("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://tables")], "");
    let aws = Aws::new(&config).unwrap();
    assert_eq!(aws.dynamodb.endpoint_url(), Some("http://tables"));
    assert_eq!(aws.secrets.endpoint_url(), Some("http://all"));
}

#[tokio::test]
async fn a_service_without_a_certificate_of_amazons_is_not_spoken_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: &'static str = Box::leak(format!("https://{}", listener.local_addr().unwrap()).into_boxed_str());
    let more: &'static [_] = Box::leak(Box::new([("AWS_ENDPOINT_URL", url), ("ROOT_KEY_SECRET", "key")]));
    let config = config(more, "");
    let hang_up = async {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    };
    let secrets = Aws::new(&config).unwrap().secrets();
    tokio::select! {
        () = hang_up => unreachable!(),
        outcome = secrets.root_key(&config) => {
            let told = outcome.err().unwrap().to_string();
            assert_eq!(told, "ROOT_KEY_SECRET: the secret cannot be read: no connection");
        }
    }
}
