// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Blocks of keys that follow each other.
    struct RoundedBlocks {
        let start: Int
        let count: Int
        let keys: UnsafeRawPointer
        let values: UnsafeRawPointer
        /// False where values that some rows do not see have no number or no end: there is one block then.
        let addsInTiles: Bool
    }

    /// The same as `attendInTiles` where all rows see all of plain scores. The usual head sizes are constants there, so that
    /// nothing but the work is left.
    @inline(always)
    func attendWholeInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ blocks: RoundedBlocks
    ) {
        if a.head_size == 64 {
            attendInTiles(a, rows, scratch, blocks, steps: 4, isWhole: true)
        } else if a.head_size == 128 {
            attendInTiles(a, rows, scratch, blocks, steps: 8, isWhole: true)
        } else {
            attendInTiles(a, rows, scratch, blocks, steps: Int(a.head_size) &>> 4, isWhole: true)
        }
    }

    /// Attention of many rows to some blocks, sixteen rows at a time.
    ///
    /// While the vector units weigh sixteen rows, tiles multiply the keys for the sixteen after the next, whose products are
    /// written by then, and add up the values of the sixteen before.
    @inline(always)
    func attendInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ blocks: RoundedBlocks,
        steps: Int, isWhole: Bool
    ) {
        let groups = (rows &+ 15) &>> 4
        let count = groups &* blocks.count
        var multiplied = SixteensOfBlocks(a, groups, blocks.keys)
        var weighed = SixteensOfBlocks(a, groups, blocks.keys)
        var added = SixteensOfBlocks(a, groups, blocks.values)
        var decayed = weighed
        var start = blocks.start
        var ahead = 0
        while ahead < 2 && ahead < count {
            multiplyKeysInTiles(a, scratch, multiplied)
            _ = multiplied.advance()
            ahead &+= 1
        }
        var index = 0
        while index < count {
            let multiplies = index &+ 2 < count
            let adds = index > 1 && blocks.addsInTiles
            let scores = scratch.scores + weighed.place
            let decays = scratch.decays + weighed.place &>> 6
            let work = SixteenWork(
                a, scratch, steps: steps, multiplied, multiplies: multiplies, added, adds: adds)
            weighPart(a, rows, scratch, weighed, 0, start, isWhole: isWhole, work)
            weighPart(a, rows, scratch, weighed, 1, start, isWhole: isWhole, work)
            weighPart(a, rows, scratch, weighed, 2, start, isWhole: isWhole, work)
            weighPart(a, rows, scratch, weighed, 3, start, isWhole: isWhole, work)
            if multiplies {
                onnxlm_score_tiles_store(scratch.scores + multiplied.place)
                _ = multiplied.advance()
            }
            if adds { _ = added.advance() }
            if blocks.addsInTiles {
                if index > 0 { decaySixteen(a, rows, scratch, decayed) }
                decayed = weighed
            } else {
                let end = weighed.row &+ 16 < rows ? weighed.row &+ 16 : rows
                decayOutputs(a, weighed.row..<end, decays)
                widenWeights(scores, end &- weighed.row)
                addValuesOfFew(a, weighed.row..<end, scores, start, blocks.values)
            }
            if weighed.advance() { start &+= 64 }
            index &+= 1
        }
        if !blocks.addsInTiles { return }
        if count == 1 { decaySixteen(a, rows, scratch, decayed) }
        var left = count < 2 ? count : 2
        while left > 0 {
            addValuesInTiles(a, scratch, added)
            _ = added.advance()
            if left == 2 { decaySixteen(a, rows, scratch, decayed) }
            left &-= 1
        }
    }

    /// Weighs four of sixteen rows.
    @inline(always)
    private func weighPart(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ place: SixteensOfBlocks, _ part: Int,
        _ start: Int, isWhole: Bool, _ sixteen: SixteenWork
    ) {
        let work = TileWork(sixteen, part: part)
        let row = place.row &+ 4 &* part
        if row < rows {
            weighFour(
                a, row, rows &- row, scratch.scores + (place.place &+ 256 &* part),
                scratch.decays + (place.place &>> 6 &+ 4 &* part), start, isWhole: isWhole, areFew: false, work)
        } else {
            work.performAll()
        }
    }

    @inline(always)
    private func decaySixteen(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ place: SixteensOfBlocks
    ) {
        let end = place.row &+ 16 < rows ? place.row &+ 16 : rows
        decayOutputs(a, place.row..<end, scratch.decays + place.place &>> 6)
    }

    /// What was summed up before counts less where a block has raised a row's reference.
    @inline(always)
    func decayOutputs(_ a: onnxlm_attention_args, _ rows: Range<Int>, _ decays: UnsafePointer<Float>) {
        let size = Int(a.head_size)
        var row = rows.lowerBound
        while row < rows.upperBound {
            let decay = decays[row &- rows.lowerBound]
            if decay != 1 {
                let factor = splat(decay)
                let output = a.outputs + row &* size
                var i = 0
                while i < size {
                    _mm512_storeu_ps(output + i, _mm512_mul_ps(_mm512_loadu_ps(output + i), factor))
                    i &+= 16
                }
            }
            row &+= 1
        }
    }
#endif
