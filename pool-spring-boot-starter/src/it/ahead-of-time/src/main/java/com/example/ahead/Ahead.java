package com.example.ahead;

import dev.naiad.pool.NaiadDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class Ahead {

    public static void main(String[] args) {
        SpringApplication.run(Ahead.class, args);
    }

    @Bean
    CommandLineRunner check(
            DataSource dataSource,
            @Qualifier("archive") DataSource archive,
            @Value("${expect.processed:false}") boolean processed) {
        return arguments -> {
            require(AotDetector.useGeneratedArtifacts() == processed, "processed ahead of time: " + processed);
            check((NaiadDataSource) dataSource, 3);
            check((NaiadDataSource) archive, 2);
        };
    }

    private static void check(NaiadDataSource dataSource, int poolSize) throws SQLException {
        require(dataSource.getConfig().poolSize() == poolSize, "pool size: " + poolSize);
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select 42")) {
            require(rows.next() && rows.getInt(1) == 42, "a row with 42");
        }
        System.out.println("Served by " + dataSource);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("Expected " + what);
        }
    }
}
