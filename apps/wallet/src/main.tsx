/** The wallet begins here. */
import { render } from 'preact';

render(<main>Retap</main>, document.body);
