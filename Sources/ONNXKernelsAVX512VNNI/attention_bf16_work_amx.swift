// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// The products of tiles that are done while sixteen rows are weighed.
    struct SixteenWork {
        /// Steps of the products with keys, if there are any, and of those with values.
        let steps: Int
        let size: Int
        let multiplies: Bool
        let queries: UnsafeRawPointer
        let keys: UnsafeRawPointer
        let adds: Bool
        let outputs: UnsafeMutablePointer<Float>
        let weights: UnsafeRawPointer
        let values: UnsafeRawPointer

        @inline(always)
        init(
            _ a: onnxlm_attention_args, _ scratch: RoundedRows, steps: Int, _ multiplied: SixteensOfBlocks,
            multiplies: Bool, _ added: SixteensOfBlocks, adds: Bool
        ) {
            self.steps = steps
            size = 16 &* steps
            self.multiplies = multiplies
            queries = UnsafeRawPointer(scratch.queries + multiplied.row &* size)
            keys = multiplied.block
            self.adds = adds
            outputs = a.outputs + added.row &* size
            weights = UnsafeRawPointer(scratch.scores + added.place)
            values = added.block
        }

        // Steps of the products of the queries with the 64 keys of a block: 32 elements of two panels, which lie as tiles
        // take them.

        @inline(always)
        func multiplyFirst(_ step: Int) {
            if !multiplies { return }
            if step < 2 { onnxlm_score_tiles_zero(panel(step)) }
            onnxlm_rounded_rows_load(queries + (step &>> 1) &* 64, 2 &* size)
            onnxlm_score_tile_add(panel(step), keys + keysOffset(step))
        }

        @inline(always)
        func multiplySecond(_ step: Int) {
            if !multiplies { return }
            onnxlm_score_tile_add(panel(step) &+ 1, keys + (keysOffset(step) &+ 32 &* size))
        }

        /// The first of a step's two panels.
        @inline(always)
        private func panel(_ step: Int) -> Int32 { Int32(truncatingIfNeeded: step & 1) &* 2 }

        @inline(always)
        private func keysOffset(_ step: Int) -> Int { (step &>> 1) &* 1024 &+ (step & 1) &* 64 &* size }

        // Steps of adding weighted values: 32 elements of 32 values. The weights of keys that a row does not see are 0.

        @inline(always)
        func addFirst(_ step: Int) {
            if !adds { return }
            if step & 1 == 0 { onnxlm_output_tiles_load(outputs + (step &>> 1) &* 32, 4 &* size) }
            onnxlm_rounded_rows_load(weights + (step & 1) &* 64, 256)
            onnxlm_output_tile_add(0, values + valuesOffset(step), 4 &* size)
        }

        @inline(always)
        func addSecond(_ step: Int) {
            if !adds { return }
            onnxlm_output_tile_add(1, values + (valuesOffset(step) &+ 64), 4 &* size)
        }

        @inline(always)
        private func valuesOffset(_ step: Int) -> Int { (step &>> 1) &* 128 &+ (step & 1) &* 64 &* size }

        /// Stores the outputs behind their second step.
        @inline(always)
        func store(_ step: Int) {
            if adds && step & 1 != 0 { onnxlm_output_tiles_store(outputs + (step &>> 1) &* 32, 4 &* size) }
        }

        /// Some steps with nothing between their products.
        @inline(always)
        func perform(from first: Int, to end: Int) {
            var step = first
            while step < end {
                multiplyFirst(step)
                multiplySecond(step)
                addFirst(step)
                addSecond(step)
                store(step)
                step &+= 1
            }
        }
    }

    /// Products of tiles in the midst of vector instructions: some before each of four rows is weighed. That close to each
    /// other the processor works at both at a time; of larger pieces one kind fills all places in which the other could wait.
    struct TileWork {
        private let work: SixteenWork
        private let first: Int
        /// Steps of each product: none, one or two.
        private let count: Int

        /// What belongs to the first, second, third or fourth part of sixteen rows. Of more than two steps the earlier ones
        /// are done here.
        @inline(always)
        init(_ work: SixteenWork, part: Int) {
            self.work = work
            let start = (part &* work.steps) &>> 2
            let end = ((part &+ 1) &* work.steps) &>> 2
            count = end &- start < 2 ? end &- start : 2
            first = end &- count
            work.perform(from: start, to: first)
        }

        /// What goes before the row 0, 1, 2 or 3 of four.
        @inline(always)
        func perform(before row: Int) {
            if count == 1 {
                if row == 0 { work.multiplyFirst(first) }
                if row == 1 { work.multiplySecond(first) }
                if row == 2 { work.addFirst(first) }
                if row == 3 { work.addSecond(first) }
            } else if count == 2 {
                let step = first &+ row &>> 1
                if row == 0 || row == 2 {
                    if row == 2 { work.store(first) }
                    work.multiplyFirst(step)
                    work.multiplySecond(step)
                } else {
                    work.addFirst(step)
                    work.addSecond(step)
                }
            }
        }

        /// What goes behind the last row.
        @inline(always)
        func finish() {
            if count > 0 { work.store(first &+ count &- 1) }
        }

        /// Where there are no rows to weigh.
        @inline(always)
        func performAll() { work.perform(from: first, to: first &+ count) }
    }
#endif
