//! The shutdown of the emulator.

use std::process::Command;

use emulated::{Emulator, turn};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left() {
    let _turn = turn().await;
    let emulator = Emulator::start();
    let (group, folder) = (emulator.group.to_string(), emulator.folder.clone());
    let members = || {
        let all = Command::new("ps").args(["-e", "-o", "pgid="]).output().unwrap();
        String::from_utf8(all.stdout).unwrap().lines().filter(|line| line.trim() == group).count()
    };
    assert!(members() > 0 && folder.exists());
    drop(emulator);
    assert_eq!(members(), 0);
    assert!(!folder.exists());
}
