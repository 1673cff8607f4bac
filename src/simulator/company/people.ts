/** Everybody in the simulated company, with their phones, its queues and its park location. All of it is invented. */
import { type Extension, extension, home, mobile, type Role, webPhone } from './extension.ts';

export const EXTENSIONS: readonly Extension[] = [
  extension({
    id: '701001004',
    number: '101',
    name: 'Iris Vance',
    directNumber: '+12025550110',
    devices: [
      { id: '801100004', type: 'SoftPhone', name: 'Iris at the computer', status: 'Online' },
      { id: '801100005', type: 'HardPhone', name: 'Front desk', status: 'Offline' },
      { id: '801100006', type: 'OtherPhone', name: 'Hallway', status: 'Online' },
    ],
    webPhones: [
      webPhone('801500004', 'Iris in the browser', 'Online'),
      webPhone('801501004', 'Iris at home', 'Offline'),
    ],
    forwardingNumbers: [mobile('40220004', '+12025550181', '2'), home('40220005', '+12025550182')],
  }),
  extension({
    id: '701002004',
    number: '102',
    name: 'Tomas Reed',
    directNumber: '+12025550111',
    devices: [{ id: '801100009', type: 'HardPhone', name: 'Tomas on the desk', status: 'Online' }],
    forwardingNumbers: [mobile('40220009', '+12025550183', '2')],
  }),
  extension({
    id: '701003004',
    number: '103',
    name: 'Nadia Holm',
    directNumber: '+12025550112',
    role: 'supervisor',
    devices: [{ id: '801100012', type: 'SoftPhone', name: 'Nadia at the computer', status: 'Online' }],
  }),
  somebody('104', 'Ada Brook', { role: 'admin' }),
  somebody('105', 'Ben Ortiz'),
  somebody('106', 'Chloe Lind'),
  somebody('107', 'David Osei'),
  somebody('108', 'Elif Aydin'),
  somebody('109', 'Felix Moreau'),
  somebody('110', 'Grace Kim'),
  somebody('111', 'Hugo Stein', { hidesPresence: true }),
  somebody('112', 'Ines Rocha', { role: 'guest' }),
  somebody('113', 'Jonas Weber'),
  somebody('114', 'Kira Novak', { status: 'NotActivated', devices: [] }),
  somebody('115', 'Leo Hart', { status: 'Disabled', devices: [] }),
  extension({ id: '701050004', number: '200', name: 'Help Desk', type: 'Department' }),
  extension({ id: '701051004', number: '201', name: 'Sales', type: 'Department' }),
  extension({ id: '701060004', number: '300', name: 'Lobby', type: 'ParkLocation' }),
];

/** A user with one phone: `somebody('105', …)` has the id 701005004 and the direct number +12025550165. */
function somebody(
  number: string,
  name: string,
  differs: { readonly role?: Role } & Partial<Extension> = {},
): Extension {
  const two = number.slice(1);
  const [firstName = ''] = name.split(' ');
  return extension({
    id: `7010${two}004`,
    number,
    name,
    directNumber: `+120255501${Number(two) + 60}`,
    devices: [
      { id: `8011001${two}`, type: 'SoftPhone', name: `${firstName} at the computer`, status: 'Online' },
    ],
    ...differs,
  });
}
