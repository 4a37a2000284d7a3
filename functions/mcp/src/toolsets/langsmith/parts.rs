//! Long lists of ids, read in parts. Where a part is too much for one of LangSmith's answers, its halves are read
//! instead.

/// The parts not read yet.
pub(crate) struct Parts<'i, I> {
    open: Vec<&'i [I]>,
}

impl<'i, I> Parts<'i, I> {
    /// `ids` in parts of at most `size`.
    pub(crate) fn of(ids: &'i [I], size: usize) -> Self {
        Self { open: ids.chunks(size).collect() }
    }

    /// The next part.
    pub(crate) fn next(&mut self) -> Option<&'i [I]> {
        self.open.pop()
    }

    /// Returns the halves of a part for another attempt. `false`: a single id has none.
    pub(crate) fn halve(&mut self, part: &'i [I]) -> bool {
        let (left, right) = part.split_at(part.len() / 2);
        if left.is_empty() {
            return false;
        }
        self.open.extend([left, right]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_read_alone_at_last() {
        let ids: Vec<u8> = (0..7).collect();
        let (mut parts, mut read) = (Parts::of(&ids, 3), Vec::new());
        while let Some(part) = parts.next() {
            assert!(!part.is_empty() && part.len() <= 3);
            if !parts.halve(part) {
                read.extend_from_slice(part);
            }
        }
        read.sort_unstable();
        assert_eq!(read, ids);
        assert!(Parts::<u8>::of(&[], 3).next().is_none());
    }
}
