/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A report was made. On the thread that asked for it or waited in vain. */
@Name("dev.naiad.Verdict")
@Label("Verdict")
@Description("What a report on a pool comes to")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(true)
public final class VerdictEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Verdict")
    @Description("Why callers wait")
    @Nullable
    public String verdict;

    @Label("Evidence")
    @Description("What in the report says so")
    @Nullable
    public String evidence;

    @Label("Advice")
    @Description("What to do about it")
    @Nullable
    public String advice;
}
