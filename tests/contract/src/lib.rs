//! The promises of the store and of every vault, whatever backs them: each promise is a function that a test calls with
//! its own services, and [`store_contract`] and [`vault_contract`] declare a test for each.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a promise that is not kept ends the test"
)]

mod clients;
mod consent;
mod grants;
mod items;
mod people;
mod servers;
pub mod vault;

/// The promises of the store.
pub mod store {
    pub use crate::clients::*;
    pub use crate::consent::*;
    pub use crate::grants::*;
    pub use crate::items::*;
    pub use crate::people::Tables;
    pub use crate::servers::*;
}

/// Declares a test for each promise of a module. The given function creates the promise's argument.
#[macro_export]
macro_rules! promises {
    ($module:ident on $made:path: $($name:ident,)+) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let subject = $made().await;
            $crate::$module::$name(&subject).await;
        }
    )+ };
}

/// Declares the tests of a store. The given function returns [`store::Tables`].
#[macro_export]
macro_rules! store_contract {
    ($tables:path) => {
        $crate::promises! { store on $tables:
            a_client_is_registered_once_and_returned_unaltered_or_not_at_all,
            a_consent_stands_with_its_client_its_session_and_its_credential,
            of_many_exchanges_one_is_carried_out,
            of_many_rotations_one_is_carried_out_and_the_others_see_it,
            a_lost_answer_is_replaced_once,
            a_fork_finds_what_it_was_judged_on_or_changes_nothing,
            a_rotation_gets_no_more_than_was_granted,
            an_exchange_and_a_rotation_are_for_the_resource_of_the_grant,
            an_ended_grant_takes_nothing_more,
            a_list_is_one_persons_and_comes_in_parts,
            what_has_expired_is_refused_while_it_is_still_there,
            a_pending_login_is_taken_once_and_only_by_its_browser,
            the_first_registration_is_everybodys_until_it_is_gone,
            a_burst_of_endings_stops_itself,
            a_lease_has_one_holder_and_a_late_save_is_kept,
            a_users_own_credential_is_for_one_server_until_it_ends,
            a_server_is_registered_once_under_its_name_and_its_url,
            of_many_registrations_one_is_carried_out,
            a_change_is_to_what_was_read,
            a_deleted_server_leaves_nothing,
            a_list_is_found_with_its_server,
            a_list_is_fetched_by_one_holder_of_a_lease,
            a_provider_has_its_name_until_it_is_deleted,
        }
    };
}

/// Declares the tests of the vaults. The given function returns a [`vault::Account`].
#[macro_export]
macro_rules! vault_contract {
    ($account:path) => {
        $crate::promises! { vault on $account:
            every_instance_opens_what_one_has_sealed,
            what_is_moved_does_not_open,
            garbage_does_not_open,
            an_own_credential_opens_for_its_user_and_server_alone,
            logins_and_refreshes_write_a_users_secret_once,
            api_keys_lie_in_the_secret_which_is_not_written_often,
            a_secret_holds_so_many_keys_and_the_others_still_open,
            two_first_logins_at_once_share_one_secret,
            a_user_who_returns_gets_the_secret_back_and_one_who_returns_too_late_a_new_one,
            a_workspaces_text_opens_in_its_place_alone,
            a_workspace_has_one_secret,
            a_workspace_has_one_data_key_of_kms,
            a_data_key_of_a_workspace_that_is_lost_is_replaced,
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// All promises: the public functions of their files. The samples have only helpers.
    fn written(folder: &Path, promises: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                written(&path, promises);
                continue;
            }
            if path.ends_with("vault/sample.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let functions = source.split("\npub async fn ").skip(1).filter_map(|rest| rest.split_once('('));
            promises.extend(functions.map(|(name, _)| name.to_owned()));
        }
    }

    /// A promise that is in no list would never be checked.
    #[test]
    fn every_promise_is_declared() {
        let mut promises = BTreeSet::new();
        written(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut promises);
        let (lists, _) = include_str!("lib.rs").split_once("#[cfg(test)]").unwrap();
        let declared: BTreeSet<String> = lists
            .split("$crate::promises! {")
            .skip(1)
            .filter_map(|list| list.split_once(':')?.1.split_once('}'))
            .flat_map(|(names, _)| names.split(',').map(|name| name.trim().to_owned()))
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(promises, declared);
        assert!(promises.len() > 20, "{promises:?}");
    }
}
