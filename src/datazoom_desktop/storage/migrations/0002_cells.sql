-- What the boxes of a page's words are measured in: on a sheet they are cells, so that a citation there is a range of cells.
-- points: as before. cells: first column, first row, last column, last row of each word in turn, 1-based, all inclusive.

ALTER TABLE pages ADD COLUMN geometry VARCHAR;   -- points | cells; null where word_boxes is empty
ALTER TABLE pages ADD COLUMN sheet VARCHAR;      -- the sheet's name, which stands before a range; null where it has none

UPDATE pages SET geometry = 'points' WHERE len(word_boxes) > 0;
