// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Blocks of keys that follow each other.
    struct RoundedBlocks {
        let start: Int
        let count: Int
        let keys: UnsafeRawPointer
        let values: UnsafeRawPointer
        /// Whether all rows see all of plain scores.
        let areWhole: Bool
        /// False where values that some rows do not see have no number or no end: there is one block then.
        let addsInTiles: Bool
    }

    /// Attention of many rows to some blocks. The usual head sizes are constants, so that nothing but the work is left.
    @inline(always)
    func attendInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ blocks: RoundedBlocks
    ) {
        if !blocks.areWhole {
            attendInTiles(a, rows, scratch, blocks, steps: Int(a.head_size) &>> 4, areWhole: false)
        } else if a.head_size == 64 {
            attendInTiles(a, rows, scratch, blocks, steps: 4, areWhole: true)
        } else if a.head_size == 128 {
            attendInTiles(a, rows, scratch, blocks, steps: 8, areWhole: true)
        } else {
            attendInTiles(a, rows, scratch, blocks, steps: Int(a.head_size) &>> 4, areWhole: true)
        }
    }

    /// Sixteen rows at a time.
    ///
    /// While vector instructions weigh sixteen rows, tiles multiply the keys for the sixteen after the next, whose products
    /// are written by then, and add up the values of the sixteen before the last, whose weights are.
    @inline(always)
    private func attendInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ blocks: RoundedBlocks,
        steps: Int, areWhole: Bool
    ) {
        let groups = (rows &+ 15) &>> 4
        let count = groups &* blocks.count
        var multiplied = SixteensOfBlocks(a, groups, blocks.keys)
        var weighed = SixteensOfBlocks(a, groups, blocks.keys)
        var added = SixteensOfBlocks(a, groups, blocks.values)
        var last = weighed
        var start = blocks.start
        var ahead = 0
        while ahead < 2 && ahead < count {
            SixteenWork(a, scratch, steps: steps, multiplied, multiplies: true, added, adds: false)
                .perform(from: 0, to: steps)
            onnxlm_score_tiles_store(scratch.scores + multiplied.place)
            multiplied.advance()
            ahead &+= 1
        }
        var index = 0
        while index < count {
            let multiplies = index &+ 2 < count
            let adds = index > 1 && blocks.addsInTiles
            let work = SixteenWork(
                a, scratch, steps: steps, multiplied, multiplies: multiplies, added, adds: adds)
            weighSixteen(a, rows, scratch, weighed, start, areWhole: areWhole, work)
            if multiplies {
                onnxlm_score_tiles_store(scratch.scores + multiplied.place)
                multiplied.advance()
            }
            if adds { added.advance() }
            if !blocks.addsInTiles {
                decaySixteen(a, rows, scratch, weighed)
                addValuesOfSixteen(a, rows, scratch, weighed, start)
            } else if index > 0 {
                decaySixteen(a, rows, scratch, last)
            }
            last = weighed
            if weighed.advance() { start &+= 64 }
            index &+= 1
        }
        if !blocks.addsInTiles { return }
        var left = count < 2 ? count : 2
        while left > 0 {
            if left == 1 { decaySixteen(a, rows, scratch, last) }
            SixteenWork(a, scratch, steps: steps, multiplied, multiplies: false, added, adds: true)
                .perform(from: 0, to: steps)
            added.advance()
            left &-= 1
        }
    }

    @inline(always)
    private func weighSixteen(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ place: SixteensOfBlocks,
        _ start: Int, areWhole: Bool, _ work: SixteenWork
    ) {
        if areWhole {
            // Four calls, so that where steps are a constant each part's are.
            weighPart(a, rows, scratch, place, 0, start, areWhole: true, work)
            weighPart(a, rows, scratch, place, 1, start, areWhole: true, work)
            weighPart(a, rows, scratch, place, 2, start, areWhole: true, work)
            weighPart(a, rows, scratch, place, 3, start, areWhole: true, work)
            return
        }
        var part = 0
        while part < 4 {
            weighPart(a, rows, scratch, place, part, start, areWhole: false, work)
            part &+= 1
        }
    }

    /// Weighs four of sixteen rows.
    @inline(always)
    private func weighPart(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ place: SixteensOfBlocks,
        _ part: Int, _ start: Int, areWhole: Bool, _ work: SixteenWork
    ) {
        let tiles = TileWork(work, part: part)
        let row = place.row &+ 4 &* part
        if row < rows {
            weighFour(
                a, row, rows &- row, scratch.scores + (place.place &+ 256 &* part),
                scratch.decays + (place.place &>> 6 &+ 4 &* part), start, isWhole: areWhole, areFew: false,
                tiles)
        } else {
            tiles.performAll()
        }
    }

    /// Without tiles, so that no row reads values that it does not see.
    @inline(always)
    private func addValuesOfSixteen(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ place: SixteensOfBlocks,
        _ start: Int
    ) {
        let scores = scratch.scores + place.place
        widenWeights(scores, place.end(rows) &- place.row)
        let offset = (start &- Int(a.first_key)) &* Int(a.head_size) &* 2
        addValuesOfFew(a, place.row, place.end(rows), scores, start, a.values + offset)
    }

    @inline(always)
    private func decaySixteen(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ place: SixteensOfBlocks
    ) {
        decayOutputs(a, place.row, place.end(rows), scratch.decays + place.place &>> 6)
    }

    /// What was summed up before counts less where a block has raised a row's reference.
    @inline(always)
    func decayOutputs(
        _ a: onnxlm_attention_args, _ first: Int, _ end: Int, _ decays: UnsafePointer<Float>
    ) {
        let size = Int(a.head_size)
        var row = first
        while row < end {
            let decay = decays[row &- first]
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
