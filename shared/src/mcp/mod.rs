//! What is known of `/mcp` outside of it: the scopes of its tools, its toolsets, and what a request selects of them. The
//! check that API Gateway makes in front of `/mcp`, the landing page and the doctor decide by the same tables as `/mcp`.

pub mod scopes;
pub mod selection;
pub mod toolsets;
