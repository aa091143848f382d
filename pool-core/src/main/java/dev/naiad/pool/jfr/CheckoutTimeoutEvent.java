/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A caller got a timeout. On its thread. */
@Name("dev.naiad.CheckoutTimeout")
@Label("Checkout Timeout")
@Description("A caller waited in vain for a connection")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(true)
public final class CheckoutTimeoutEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Waited")
    @Description("How long it waited")
    @Timespan(Timespan.NANOSECONDS)
    public long waited;

    @Label("Verdict")
    @Description("What the report comes to")
    @Nullable
    public String verdict;
}
