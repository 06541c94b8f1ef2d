-- As before, in expressions that need no plan: a query inside a function costs more to start than a message's words do.
create or replace function search_words(p_text text)
returns text[]
language plpgsql immutable parallel safe set search_path = public, pg_catalog, pg_temp as $$
declare
  accented text := translate(lower(left(p_text, 4000)), 'ÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÑÇ', 'áàâãäéèêëíìîïóòôõöúùûüñç');
  bare text := translate(accented, 'áàâãäéèêëíìîïóòôõöúùûüñç', 'aaaaaeeeeiiiiooooouuuunc');
  restored text := regexp_replace(regexp_replace(regexp_replace(bare,
    '([cs])ion\M', '\1ión', 'g'), 'cao\M', 'ção', 'g'), 'coes\M', 'ções', 'g');
  spelled text := bare || case when accented = bare then '' else ' ' || accented end
    || case when restored = bare then '' else ' ' || restored end;
  parted text := array_to_string(tsvector_to_array(
    strip(to_tsvector('pg_catalog.simple', regexp_replace(bare, '[-_./@:+#]+', ' ', 'g')))
    || strip(to_tsvector('pg_catalog.spanish', spelled))
    || strip(to_tsvector('pg_catalog.portuguese', spelled))
    || strip(to_tsvector('pg_catalog.english', spelled))), chr(1));
begin
  if length(parted) > 100 then
    parted := regexp_replace(parted, '(^|\u0001)[^\u0001]{101,}', '', 'g');
  end if;
  return coalesce(string_to_array(ltrim(
    translate(parted, 'áàâãäéèêëíìîïóòôõöúùûüñç''\', 'aaaaaeeeeiiiiooooouuuunc'), chr(1)), chr(1)), '{}');
end $$;
--> statement-breakpoint

-- A document: its words under their mark, and every end of its numbers, so that any fragment of one is the beginning of a
-- word.
create function search_vector(p_mark text, p_text text, p_numbers text)
returns tsvector
language plpgsql immutable parallel safe set search_path = public, pg_catalog, pg_temp as $$
declare
  words text[] := search_words(p_text);
  part text;
  digits text;
begin
  if cardinality(words) > 0 then
    words := string_to_array(p_mark || array_to_string(words, chr(1) || p_mark), chr(1));
  end if;
  foreach part in array string_to_array(p_numbers, ' ') loop
    digits := regexp_replace(part, '[^0-9]', '', 'g');
    if length(digits) <= 20 then
      for n in 1 .. length(digits) - 3 loop
        words := words || (p_mark || '#' || substr(digits, n));
      end loop;
    end if;
  end loop;
  return array_to_tsvector(words);
end $$;
--> statement-breakpoint
revoke all on function search_vector(text, text, text) from public;
--> statement-breakpoint
grant execute on function search_vector(text, text, text) to buzon_app;
