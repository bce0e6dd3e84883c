import { startPages } from '../shared/page.tsx';
import { adminAudience } from './audience.ts';
import { StaffPages } from './pages.tsx';

startPages(<StaffPages audience={adminAudience} />);
