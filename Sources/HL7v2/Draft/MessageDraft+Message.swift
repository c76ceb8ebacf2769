extension MessageDraft {
    /// A message as a draft, in its normal form: every text unescaped and decoded. What only the bytes say is lost:
    /// line ends, formatting commands, trailing delimiters, bytes that the character set does not define.
    public init(_ message: Message) {
        self.init(
            delimiters: message.delimiters, characterSet: message.characterSet,
            segments: message.segments.map { message.draft($0) })
    }
}

extension Message {
    fileprivate func draft(_ segment: Segment) -> SegmentDraft {
        var written = SegmentDraft(segment.name)
        // Down from the last, so that room is made once.
        var number = segment.separators.count + (segment.countsItsSeparator ? 1 : 0)
        while number >= (segment.countsItsSeparator ? 3 : 1) {
            if let range = fieldRange(number, of: segment), !range.isEmpty { written[number] = draft(field: range) }
            number -= 1
        }
        return written.normalized
    }

    private func draft(field range: Range<Int>) -> FieldDraft {
        guard let separator = delimiters.repetition, structure[range].contains(separator) else {
            return draft(repetition: range)
        }
        return .repetitions(Cutting.parts(of: range, in: structure, at: separator).map { draft(repetition: $0) })
    }

    private func draft(repetition range: Range<Int>) -> FieldDraft {
        guard !isNull(range) else { return .null }
        guard structure[range].contains(delimiters.component) else {
            // Sub-components of the only component stay below it.
            let only = draft(component: range)
            guard case .components = only else { return only }
            return .components([only])
        }
        let list = Cutting.parts(of: range, in: structure, at: delimiters.component)
        return .components(list.map { draft(component: $0) })
    }

    private func draft(component range: Range<Int>) -> FieldDraft {
        guard let separator = delimiters.subcomponent, structure[range].contains(separator) else {
            return draft(leaf: range)
        }
        return .components(Cutting.parts(of: range, in: structure, at: separator).map { draft(leaf: $0) })
    }

    private func draft(leaf range: Range<Int>) -> FieldDraft {
        if isNull(range) { return .null }
        return text(of: range).text.map { .text($0) } ?? .empty
    }
}
