/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedSqlTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select * from book where id = ?|select * from book where id = ?",
                "select * from book where name = 'secret'|select * from book where name = ?",
                "select 'it''s secret', x|select ?, x",
                "select 12, -3.5e10, 0xFF, t1.c2 from t1|select ?, -?, ?, t1.c2 from t1",
                "select $1, :name1, ?2, @p3 from #tmp4|select $1, :name1, ?2, @p3 from #tmp4",
                "select $$secret$$, $tag$secret $$ still$tag$, a$b from t|select ?, ?, a$b from t",
                "select N'secret', X'00', E'secret'|select N?, X?, E?",
                "select q'[it's secret]', x from t|select q?, x from t",
                "select \"secret\" from t|select ? from t",
                "select 1 -- secret|select ?",
                "select /* secret */ a from b|select a from b",
                "insert into t values ('a', 1), ('b', 2)|insert into t values (?, ?), (?, ?)"
            })
    void literalsAndCommentsAreNotShown(String sql, String shown) {
        assertThat(MaskedSql.of(sql)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select 'C:\\', 'secret'|select ?…",
                "select 'it\\'s secret' from t|select ?…",
                "select 'never ends secret|select ?…",
                "select $$never ends secret|select ?…",
                "select q'[never ends secret|select q?",
                "select /* one /* two */ secret */ 1|select…",
                "select /* never ends secret|select…"
            })
    void whatMayBePartOfALiteralIsCutOff(String sql, String shown) {
        assertThat(MaskedSql.of(sql)).isEqualTo(shown);
    }

    @Test
    void longTextIsShortened() {
        assertThat(MaskedSql.of("select a from b where c in (" + "?, ".repeat(10_000) + "?)"))
                .hasSizeLessThan(300)
                .endsWith("…");
    }

    @Test
    void linesBecomeOne() {
        assertThat(MaskedSql.of("\n  select a\n\t from  b\n")).isEqualTo("select a from b");
    }
}
