/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.framework;

import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.cursor.Cursor;

interface BookMapper {

    @Insert("insert into book (id, title, cover) values (#{id}, #{title}, #{cover})")
    int add(@Param("id") long id, @Param("title") String title, @Param("cover") byte[] cover);

    @Select("select title from book order by id")
    @Options(fetchSize = 10)
    Cursor<String> titles();

    @Select("select length(cover) from book where id = #{id}")
    Integer coverSize(@Param("id") long id);
}
