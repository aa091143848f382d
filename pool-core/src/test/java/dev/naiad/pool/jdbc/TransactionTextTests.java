/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTextTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "begin",
                "  BEGIN;",
                "Begin Transaction isolation level serializable",
                "BEGIN TRAN x",
                "begin work",
                "begin immediate",
                "START TRANSACTION READ ONLY",
                "start\n\ttransaction",
                "-- now\nbegin",
                "/* now */ /* really */ begin",
                "begin;insert into item values (1)",
                "select 1; begin",
                "select 1;begin;",
                "update x set a = ';'; -- now\n /* really */ start transaction; select 2",
                "commit; begin",
                "begin; insert into item values (1); commit",
                "select $1; begin",
                "select a-b/c; begin"
            })
    void begins(String sql) {
        assertThat(TransactionText.of(sql)).isEqualTo(TransactionText.BEGINS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit",
                "COMMIT WORK;",
                "rollback",
                "Rollback transaction",
                "end",
                "abort",
                "--x\ncommit",
                "commit; select 1"
            })
    void ends(String sql) {
        assertThat(TransactionText.of(sql)).isEqualTo(TransactionText.ENDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "select 1",
                "SELECT begin from x",
                "start",
                "start slave",
                "s",
                "begin proc(); end;",
                "begin try select 1 end try",
                "beginning",
                "create table begin (id int)",
                "rollback to savepoint a",
                "ROLLBACK PREPARED 'x'",
                "commit prepared 'x'",
                "call x()",
                "-- begin",
                "/* begin",
                "/*/ begin",
                "{call begin}",
                "select 1;",
                "select 1; select 2",
                "select 1; commit",
                "insert into x values ('; begin')",
                "insert into x values ('it''s; begin')",
                "select \"; begin\", `; begin` from x",
                "select 1 -- ; begin\n; select 2",
                "select 1 /* ; begin */; select 2",
                "do $$ select 1; begin; $$; select 2",
                "do $f$ select 1; begin; $f$; select 2",
                "select '; begin",
                "create procedure x as select 1; begin transaction"
            })
    void doesNeither(String sql) {
        assertThat(TransactionText.of(sql)).isEqualTo(TransactionText.NEITHER);
    }

    @Test
    void toleratesNull() {
        assertThat(TransactionText.of(null)).isEqualTo(TransactionText.NEITHER);
    }
}
