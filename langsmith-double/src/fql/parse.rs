//! The parser of filters. Documentation: "Query traces" nests `and` and `or`, asks `has` of tags, and `search` of a
//! whole run. SDK: `has(metadata, '{…}')` and `exists(metadata, "key")`. Assumed: tags can be compared with `eq`, `neq`
//! and `in` too. Assumed: nesting deeper than 32 is refused.

use std::vec::IntoIter;

use serde_json::Value;

use super::FilterError;
use super::field::{Field, Operand};
use super::lex::{Token, tokens};

/// The maximum nesting depth, so that no request can exhaust the stack.
const MAX_DEPTH: usize = 32;

/// A filter on a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Test(Test),
    /// `has(metadata, '{"key": "value"}')`: the metadata contains these pairs.
    Contains(serde_json::Map<String, Value>),
    /// `exists(metadata, "key")`: the metadata has this key.
    Exists(String),
    /// A full-text search, in lower case.
    Search(String),
}

/// A comparison of a field with operands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    pub(crate) field: Field,
    pub(crate) relation: Relation,
    /// One operand; several only for [`Relation::In`].
    pub(crate) operands: Vec<Operand>,
}

/// The operator of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Eq,
    Neq,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Has,
}

/// Parses a filter.
pub(crate) fn parse(text: &str) -> Result<Filter, FilterError> {
    let mut parser = Parser { tokens: tokens(text)?.into_iter() };
    let filter = parser.filter(0)?;
    match parser.tokens.next() {
        None => Ok(filter),
        Some(token) => Err(FilterError::Unexpected(token.to_text())),
    }
}

struct Parser {
    tokens: IntoIter<Token>,
}

impl Parser {
    fn filter(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if depth >= MAX_DEPTH {
            return Err(FilterError::TooDeep);
        }
        let function = self.word()?;
        self.mark('(')?;
        match function.as_str() {
            "and" => self.list(depth).map(Filter::All),
            "or" => self.list(depth).map(Filter::Any),
            "not" => self.negated(depth),
            "search" => self.search(),
            "exists" => self.exists(),
            "eq" => self.test(Relation::Eq),
            "neq" => self.test(Relation::Neq),
            "gt" => self.test(Relation::Gt),
            "gte" => self.test(Relation::Gte),
            "lt" => self.test(Relation::Lt),
            "lte" => self.test(Relation::Lte),
            "in" => self.test(Relation::In),
            "has" => self.test(Relation::Has),
            _ => Err(FilterError::UnknownFunction(function)),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Filter>, FilterError> {
        let mut filters = vec![self.filter(depth + 1)?];
        while self.another(')')? {
            filters.push(self.filter(depth + 1)?);
        }
        Ok(filters)
    }

    fn negated(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let inner = self.filter(depth + 1)?;
        self.mark(')')?;
        Ok(Filter::Not(Box::new(inner)))
    }

    fn search(&mut self) -> Result<Filter, FilterError> {
        match self.next()? {
            Token::Text(text) => {
                self.mark(')')?;
                Ok(Filter::Search(text.to_lowercase()))
            }
            other => Err(FilterError::Unexpected(other.to_text())),
        }
    }

    fn exists(&mut self) -> Result<Filter, FilterError> {
        match self.next()? {
            Token::Word(name) | Token::Text(name) if name == Field::Metadata.name() => {}
            Token::Word(name) | Token::Text(name) => return Err(FilterError::UnknownField(name)),
            other => return Err(FilterError::Unexpected(other.to_text())),
        }
        self.mark(',')?;
        match self.next()? {
            Token::Text(key) => {
                self.mark(')')?;
                Ok(Filter::Exists(key))
            }
            other => Err(FilterError::Unexpected(other.to_text())),
        }
    }

    fn test(&mut self, relation: Relation) -> Result<Filter, FilterError> {
        let field = match self.next()? {
            Token::Word(name) | Token::Text(name) => Field::from_name(&name)?,
            other => return Err(FilterError::Unexpected(other.to_text())),
        };
        self.mark(',')?;
        let refused = FilterError::BadComparison(field.name());
        let literals = self.literals(relation)?;
        self.mark(')')?;
        match (field, relation, literals.as_slice()) {
            (Field::Metadata, Relation::Has, [Token::Text(text)]) => {
                serde_json::from_str(text).map(Filter::Contains).map_err(|_| refused)
            }
            (Field::Tags, Relation::Has | Relation::Eq | Relation::Neq | Relation::In, _) => {
                test(field, relation, &literals)
            }
            (Field::Metadata | Field::Tags, _, _) | (_, Relation::Has, _) => Err(refused),
            _ => test(field, relation, &literals),
        }
    }

    fn literals(&mut self, relation: Relation) -> Result<Vec<Token>, FilterError> {
        if relation != Relation::In {
            return Ok(vec![self.next()?]);
        }
        self.mark('[')?;
        let mut literals = vec![self.next()?];
        while self.another(']')? {
            literals.push(self.next()?);
        }
        Ok(literals)
    }

    /// Whether a comma follows rather than the closing delimiter.
    fn another(&mut self, close: char) -> Result<bool, FilterError> {
        match self.next()? {
            Token::Mark(',') => Ok(true),
            Token::Mark(mark) if mark == close => Ok(false),
            other => Err(FilterError::Unexpected(other.to_text())),
        }
    }

    fn mark(&mut self, expected: char) -> Result<(), FilterError> {
        match self.next()? {
            Token::Mark(mark) if mark == expected => Ok(()),
            other => Err(FilterError::Unexpected(other.to_text())),
        }
    }

    fn word(&mut self) -> Result<String, FilterError> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            other => Err(FilterError::Unexpected(other.to_text())),
        }
    }

    fn next(&mut self) -> Result<Token, FilterError> {
        self.tokens.next().ok_or(FilterError::End)
    }
}

fn test(field: Field, relation: Relation, literals: &[Token]) -> Result<Filter, FilterError> {
    let operands = literals.iter().map(|literal| field.operand(literal)).collect::<Result<_, _>>()?;
    Ok(Filter::Test(Test { field, relation, operands }))
}
