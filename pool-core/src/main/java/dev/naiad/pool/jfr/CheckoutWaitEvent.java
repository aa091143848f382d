/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A caller had to wait, for a connection that came back or was opened for it. On the thread that waited. */
@Name("dev.naiad.CheckoutWait")
@Label("Checkout Wait")
@Description("A caller found nothing idle and waited for a connection")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(true)
@Threshold("10 ms")
public final class CheckoutWaitEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Connection")
    @Description("Number of the connection it got; 0 if it got none")
    public long connection;

    @Label("Failure")
    @Description("Class of the exception, if it failed")
    @Nullable
    public String failure;
}
