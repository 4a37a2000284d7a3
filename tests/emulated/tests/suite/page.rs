//! The commands of docs/deploy.md, run as if pasted.

use std::process::{Command, Stdio};

use emulated::{Emulator, program, root};

/// The stack and the region in the page's examples.
const EXAMPLE: (&str, &str) = ("langsmith-mcp-eu", "eu-west-1");

/// The commands of a section, block by block.
pub(crate) fn blocks(section: &str) -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/deploy.md")).unwrap();
    let section = page.split(&format!("\n## {section}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    section.split("```\n").skip(1).step_by(2).map(str::to_owned).collect()
}

/// The only block of a section that contains these words.
pub(crate) fn block(section: &str, words: &str) -> String {
    let mut found: Vec<_> = blocks(section).into_iter().filter(|block| block.contains(words)).collect();
    assert_eq!(found.len(), 1, "{words} in {section}");
    found.remove(0)
}

/// A shell whose `aws` uses the emulator.
pub(crate) struct Shell {
    command: Command,
    script: String,
}

/// The result of the commands.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) ok: bool,
    /// Both output streams.
    pub(crate) text: String,
}

impl Shell {
    /// A shell for a stack in the page's region.
    pub(crate) fn new(stack: &str) -> Self {
        let folder = &Emulator::shared().folder;
        let programs = program("aws").parent().unwrap().to_owned();
        let path = std::env::join_paths([programs, "/usr/bin".into(), "/bin".into()]).unwrap();
        let mut command = Command::new("bash");
        command
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            // The emulator's environment has version 1 of the CLI, which ignores AWS_REGION.
            .env("AWS_DEFAULT_REGION", EXAMPLE.1)
            .env("AWS_ENDPOINT_URL", &Emulator::shared().url)
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env("STACK", stack)
            .env("PATH", path);
        // Nothing here takes as long as on AWS.
        let script = "exec 2>&1; cd \"$(mktemp -d)\"; sleep() { :; }\n".to_owned();
        Self { command, script }
    }

    /// Sets another variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Pastes commands. The ones after a failure are not pasted.
    pub(crate) fn paste(mut self, commands: &str) -> Self {
        let stack = self.command.get_envs().find(|(name, _)| *name == "STACK");
        let stack = stack.and_then(|(_, stack)| stack).and_then(|stack| stack.to_str()).unwrap();
        self.script.push_str(&commands.replace(EXAMPLE.0, stack));
        self.script.push_str("\n[ $? = 0 ] || { echo 'the shell lives'; exit 1; }\n");
        self
    }

    /// Runs the pasted commands. A block that exits the shell itself fails the test.
    pub(crate) fn run(mut self) -> Ended {
        let output = self.command.args(["-c", &self.script]).stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let ok = output.status.success();
        assert!(ok || text.ends_with("the shell lives\n"), "{text}");
        Ended { ok, text }
    }

    /// The output, if everything succeeds.
    pub(crate) fn succeed(self) -> String {
        let ended = self.run();
        assert!(ended.ok, "{}", ended.text);
        ended.text
    }
}
