//! The parts of `/mcp` that other components share: tool scopes, toolsets, and the tool selection of a request. The
//! authorizer in front of `/mcp`, the landing page and the doctor use the same tables as `/mcp`.

pub mod agent_servers;
pub mod prefix;
pub mod scopes;
pub mod selection;
pub mod toolsets;
