/// What the page does. Texts go into it as text, never as markup.
enum PageScript {
    static let text = #"""
        'use strict';
        const byId = id => document.getElementById(id);
        const make = (name, text, props) => Object.assign(document.createElement(name),
          text === undefined ? {} : {textContent: text}, props);
        // Fields: [name, label, what becomes of the text]; show: what becomes of the answer.
        const one = text => text;
        const lines = text => text.split('\n').filter(line => line.trim());
        const tasks = {
          '/predict': {fields: [['inputs', 'Text', one]], show: bars('label')},
          '/tag': {fields: [['inputs', 'Text', one]], body: {offsets: 'characters'}, show: marks('inputs')},
          '/answer': {fields: [['question', 'Question', one, 1], ['context', 'Text', one]],
            body: {offsets: 'characters', top: 3}, show: answers},
          '/fill': {fields: [['inputs', 'Text with [MASK]', one]], show: masks},
          '/order': {fields: [['first', 'First', one], ['second', 'Second', one]],
            show: (found) => table([['in order', found.score]])},
          '/choose': {fields: [['text', 'Text', one], ['choices', 'Choices, one a line', lines]],
            show: (found, asked) => table(asked.choices.map((text, i) => [text, found.scores[i]]))},
          '/rerank': {fields: [['query', 'Question', one, 1], ['texts', 'Candidates, one a line', lines]],
            show: (found, asked) => table(found.map(row => [asked.texts[row.index], row.score]))},
          '/summarize': {fields: [['text', 'Text', one]], body: {offsets: 'characters'}, show: marks('text')},
        };
        const order = Object.keys(tasks);
        let models = [];
        const times = [];

        function table(rows, low = 0) {
          const body = make('table');
          for (const [name, score] of rows) {
            const row = body.insertRow();
            row.append(make('th', name, {scope: 'row'}), make('td', score.toFixed(4), {className: 'number'}));
            const bar = make('span', '', {className: 'bar'});
            bar.style.width = 100 * Math.max(0, Math.min(1, score)) + '%';
            bar.setAttribute('aria-hidden', 'true');
            const cell = make('td');
            cell.style.width = '40%';
            cell.append(bar);
            row.append(cell);
          }
          return body;
        }
        function bars(name) { return found => table(found.map(row => [row[name], row.score])); }
        function masks(found) {
          const all = make('div');
          found.forEach((candidates, i) => all.append(make('p', 'Mask ' + (i + 1)), bars('text')(candidates)));
          return found.length ? all : make('p', 'There is no [MASK] in the text.');
        }
        function marked(text, spans) {
          // Places count code points, not UTF-16 units.
          const points = Array.from(text), all = make('p', '', {className: 'text'});
          let at = 0;
          for (const span of [...spans].sort((a, b) => a.start - b.start)) {
            if (span.start === null || span.start < at) continue;
            const mark = make('mark', points.slice(span.start, span.end).join(''));
            mark.append(make('small', (span.label ? span.label + ' ' : '') + span.score.toFixed(2)));
            all.append(points.slice(at, span.start).join(''), mark);
            at = span.end;
          }
          all.append(points.slice(at).join(''));
          return all;
        }
        function marks(name) {
          return (found, asked) => {
            const all = make('div');
            all.append(marked(asked[name], found), make('p', found.length + ' found', {className: 'dim'}));
            return all;
          };
        }
        function answers(found, asked) {
          const all = make('div');
          all.append(marked(asked.context, found.slice(0, 1)),
            table(found.map(row => [row.text || 'no answer', row.score])));
          return all;
        }
        function headers() {
          const key = byId('key').value;
          return {'content-type': 'application/json', ...(key ? {authorization: 'Bearer ' + key} : {})};
        }
        function showTask() {
          const fields = byId('fields'), old = {};
          for (const field of fields.querySelectorAll('[name]')) old[field.name] = field.value;
          fields.replaceChildren();
          for (const [name, label, , rows] of tasks[byId('task').value].fields) {
            const box = make('label', label + ' ');
            const area = make(rows === 1 ? 'input' : 'textarea', undefined, {name, value: old[name] || ''});
            box.append(area);
            fields.append(box);
          }
        }
        function showCard(model) {
          const list = make('table');
          for (const name of ['name', 'heads', 'labels', 'routes', 'max_length', 'pooling', 'license', 'source',
            'kernel', 'file_bytes', 'digest']) {
            const value = model[name];
            if (value === null || value === '' || (Array.isArray(value) && !value.length)) continue;
            const row = list.insertRow();
            row.append(make('th', name.replace('_', ' '), {scope: 'row'}),
              make('td', Array.isArray(value) ? value.join(', ') : String(value)));
          }
          const row = list.insertRow();
          row.append(make('th', 'measured drift', {scope: 'row'}));
          const cell = make('td');
          cell.append(model.drift ? make('pre', JSON.stringify(model.drift, null, 2)) :
            make('span', 'none was measured when the model was made'));
          row.append(cell);
          byId('card').replaceChildren(list);
        }
        function showModel() {
          const model = models.find(model => model.id === byId('model').value);
          const routes = order.filter(path => model.routes.includes(path))
            .sort((a, b) => own(model, b) - own(model, a));
          byId('task').replaceChildren(...routes.map(path => make('option', path.slice(1), {value: path})));
          showTask();
          showCard(model);
        }
        // What the model was trained for comes before what every model does.
        function own(model, path) { return ['/rerank', '/summarize'].includes(path) ? 0 : 1; }
        async function load() {
          const response = await fetch('info', {headers: headers()});
          byId('key-label').hidden = response.status !== 401;
          if (!response.ok) return fail((await response.json()).error);
          models = (await response.json()).models;
          byId('model').replaceChildren(...models.map(model => make('option', model.id, {value: model.id})));
          showModel();
        }
        function fail(text) { byId('answer').replaceChildren(make('p', text, {className: 'bad'})); }
        async function ask(event) {
          event.preventDefault();
          const path = byId('task').value, task = tasks[path];
          if (!task) return load();
          const asked = {model: byId('model').value, ...task.body};
          for (const [name, , read] of task.fields) asked[name] = read(byId('fields').querySelector(
            '[name="' + name + '"]').value);
          const start = performance.now();
          try {
            const response = await fetch(path.slice(1), {method: 'POST', headers: headers(),
              body: JSON.stringify(asked)});
            const found = await response.json();
            const total = performance.now() - start;
            if (!response.ok) return fail(found.error);
            times.push(total);
            if (times.length > 100) times.shift();
            const sorted = [...times].sort((a, b) => a - b);
            byId('latency').textContent = total.toFixed(1) + ' ms, of it ' +
              response.headers.get('x-inference-time') + ' ms in the model; median of ' + times.length + ': ' +
              sorted[Math.floor((sorted.length - 1) / 2)].toFixed(1) + ' ms';
            byId('answer').replaceChildren(task.show(found, asked));
          } catch (error) { fail('The server does not answer: ' + error.message); }
        }
        byId('form').addEventListener('submit', ask);
        byId('form').addEventListener('keydown', event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          byId('form').requestSubmit();
        });
        byId('model').addEventListener('change', showModel);
        byId('task').addEventListener('change', showTask);
        byId('key').addEventListener('change', load);
        load().catch(error => fail('The server does not answer: ' + error.message));
        """#
}
