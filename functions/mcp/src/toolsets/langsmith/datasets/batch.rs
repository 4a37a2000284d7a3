//! Splits many items into few requests of limited size.

/// The size of a full request, in bytes: nothing more is added to it.
const FULL: usize = 400_000;

/// The maximum number of items in one request.
const MOST: usize = 500;

/// `items` in order, in batches of one request each. A large item has a batch of its own.
pub(crate) fn batches<T>(items: &[T], size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut parts = Vec::new();
    let mut rest = items;
    while !rest.is_empty() {
        let (mut count, mut bytes) = (0, 0);
        for item in rest.iter().take(MOST) {
            bytes += size(item);
            if count > 0 && bytes > FULL {
                break;
            }
            count += 1;
        }
        let (part, others) = rest.split_at(count);
        parts.push(part);
        rest = others;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_full_but_not_more() {
        let sizes = |items: &[usize]| -> Vec<usize> {
            batches(items, |size| *size).into_iter().map(<[usize]>::len).collect()
        };
        assert_eq!(sizes(&[]), [0_usize; 0]);
        assert_eq!(sizes(&[FULL, 1, FULL * 2, FULL - 1, 1, 1]), [1, 1, 1, 2, 1]);
        assert_eq!(sizes(&vec![1; 2 * MOST + 1]), [MOST, MOST, 1]);
    }
}
