/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Records what is logged under one name, such as "INFO Pool disposed.", and lets none of it through. */
final class LogRecorder extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    volatile boolean failing;
    private final Logger logger;
    private final @Nullable Level levelBefore;

    LogRecorder(String loggerName, Level level) {
        logger = (Logger) LoggerFactory.getLogger(loggerName);
        levelBefore = logger.getLevel();
        logger.setLevel(level);
        logger.setAdditive(false);
        setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        start();
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (failing) {
            throw new AssertionError("an appender may fail");
        }
        events.add(event);
        lines.add(event.getLevel() + " " + event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(levelBefore);
    }
}
