/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.micro;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A pool whose connections are all open. */
@State(Scope.Benchmark)
public class OpenPool {

    @Param
    public Contender contender = Contender.NAIAD;

    @Param("NOTHING")
    public PoolSpec.Extra extra = PoolSpec.Extra.NOTHING;

    @Param("32")
    public int size;

    DataSource dataSource;

    @Setup
    public void open() throws Exception {
        dataSource = contender.openFilled(PoolSpec.stub(size).with(extra));
    }

    @TearDown
    public void close() throws Exception {
        contender.close(dataSource);
    }
}
