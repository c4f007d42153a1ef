// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Winograd's inner products: (x + y') (x' + y) = x y + x' y' + x x' + y y'. One multiplication for two products, and
    // two additions, which have twice its rate; what depends on one of the two sides alone is computed once for all of
    // the other (S. Winograd, "A New Algorithm for Inner Product", 1968). Here x and x' are pairs of 16-bit codes, as
    // the instruction takes them, of two neighbours: a couple. Codes are of so few bits that two of them fit 16;
    // everything else may wrap around, as the wanted sums fit 32 bits.

    /// Adds the products of a couple of pairs, each in every lane, with those of four vectors.
    @inline(always)
    func addingCouple(
        _ r: FourSums, _ even: Int32, _ odd: Int32, _ evens: FourSums, _ odds: FourSums
    ) -> FourSums {
        let x = _mm512_set1_epi32(even)
        let y = _mm512_set1_epi32(odd)
        return (
            addingCouple(r.0, x, y, evens.0, odds.0), addingCouple(r.1, x, y, evens.1, odds.1),
            addingCouple(r.2, x, y, evens.2, odds.2), addingCouple(r.3, x, y, evens.3, odds.3)
        )
    }

    @inline(always)
    private func addingCouple(
        _ r: __m512i, _ x: __m512i, _ y: __m512i, _ even: __m512i, _ odd: __m512i
    ) -> __m512i {
        _mm512_dpwssd_epi32(r, _mm512_add_epi16(x, odd), _mm512_add_epi16(y, even))
    }

    /// Where sums begin: less what depends on the vectors and on the pairs alone.
    @inline(always)
    func starting(_ negatedProducts: FourSums, _ negatedProduct: Int32) -> FourSums {
        let own = _mm512_set1_epi32(negatedProduct)
        return (
            _mm512_add_epi32(negatedProducts.0, own), _mm512_add_epi32(negatedProducts.1, own),
            _mm512_add_epi32(negatedProducts.2, own), _mm512_add_epi32(negatedProducts.3, own)
        )
    }

    /// What depends on each of the 64 keys of a block alone.
    @inline(always)
    func negatedKeyProducts(_ keys: UnsafeRawPointer, _ size: Int) -> FourSums {
        let panel = 32 &* size
        let couples = size &>> 2
        return (
            negatedProducts(keys, 64, couples), negatedProducts(keys + panel, 64, couples),
            negatedProducts(keys + 2 &* panel, 64, couples), negatedProducts(keys + 3 &* panel, 64, couples)
        )
    }

    /// Writes what depends on each element of a block's values alone, for whole 64 elements.
    @inline(always)
    func writeValueProducts(_ values: UnsafeRawPointer, _ size: Int, _ scratch: CodedRows) {
        var column = 0
        while column < size & ~63 {
            _mm512_storeu_si512(
                scratch.valueProducts + column, negatedProducts(values + column &* 4, 4 &* size, 16))
            column &+= 16
        }
    }

    /// Of couples of lines, `stride` bytes from one line to the next.
    @inline(always)
    private func negatedProducts(_ lines: UnsafeRawPointer, _ stride: Int, _ couples: Int) -> __m512i {
        var sums = _mm512_setzero_si512()
        var line = lines
        var couple = 0
        while couple < couples {
            sums = _mm512_dpwssd_epi32(sums, loadCodes(line), loadCodes(line + stride))
            line += 2 &* stride
            couple &+= 1
        }
        return _mm512_sub_epi32(_mm512_setzero_si512(), sums)
    }

    /// Writes what depends on each of up to four queries alone.
    @inline(always)
    func writeQueryProducts(_ row: Int, _ rest: Int, _ size: Int, _ scratch: CodedRows) {
        let count = rest < 4 ? rest : 4
        let codes = scratch.queries + row &* size
        let products = (
            coupleProducts(codes, size), coupleProducts(codes + (count > 1 ? size : 0), size),
            coupleProducts(codes + (count > 2 ? 2 &* size : 0), size),
            coupleProducts(codes + (count > 3 ? 3 &* size : 0), size)
        )
        storeNegated(products, scratch.queryProducts + row, count)
    }

    @inline(always)
    private func coupleProducts(_ codes: UnsafePointer<Int16>, _ size: Int) -> __m512i {
        var sums = _mm512_setzero_si512()
        var i = 0
        while i < size {
            let rest = (size &- i) &>> 1
            let mask: UInt16 = rest >= 16 ? 0xFFFF : (1 &<< UInt16(truncatingIfNeeded: rest)) &- 1
            sums = addingCoupleProducts(sums, _mm512_maskz_loadu_epi32(mask, codes + i))
            i &+= 32
        }
        return sums
    }

    /// Adds the products of neighbouring lanes, each once.
    @inline(always)
    func addingCoupleProducts(_ sums: __m512i, _ codes: __m512i) -> __m512i {
        _mm512_maskz_dpwssd_epi32(0x5555, sums, codes, swappedPairs(codes))
    }

    /// The totals of up to four rows, negated.
    @inline(always)
    func storeNegated(_ rows: FourSums, _ target: UnsafeMutablePointer<Int32>, _ count: Int) {
        let negated = _mm512_sub_epi32(_mm512_setzero_si512(), groupTotalsOfIntegers(rows))
        storeGroups(
            _mm512_castsi512_ps(negated),
            UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self), count)
    }
#endif
