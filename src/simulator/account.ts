/** The one account of the simulator: its people, their phones, its queue and its park location. All of it is invented. */

export const ACCOUNT_ID = '701000004';
export const BRAND_ID = '1210';
/** The company's own number. */
export const MAIN_NUMBER = '+12025550100';

export interface Device {
  readonly id: string;
  readonly type: 'SoftPhone' | 'HardPhone' | 'OtherPhone';
  readonly name: string;
  readonly status: 'Online' | 'Offline';
}

export interface ForwardingNumber {
  readonly id: string;
  readonly phoneNumber: string;
  readonly label: string;
  readonly type: 'Mobile' | 'Home' | 'PhoneLine';
  readonly features: readonly ('CallFlip' | 'CallForwarding')[];
  readonly flipNumber?: string;
}

/** A phone inside a browser or an app; it lives as long as somebody is signed in there. */
export interface WebPhone {
  readonly id: string;
  readonly type: 'WebPhone';
  readonly name: string;
  readonly serial: string;
  readonly status: 'Online' | 'Offline';
}

/** Somebody or something with an extension number. */
export interface Extension {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly type: 'User' | 'Department' | 'ParkLocation';
  readonly directNumber: string;
  /** May listen to calls of the others, and read the calls of the company. */
  readonly supervisor: boolean;
  readonly devices: readonly Device[];
  readonly webPhones: readonly WebPhone[];
  readonly forwardingNumbers: readonly ForwardingNumber[];
}

export const EXTENSIONS: readonly Extension[] = [
  {
    id: '701001004',
    number: '101',
    name: 'Iris Vance',
    type: 'User',
    directNumber: '+12025550110',
    supervisor: false,
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
  },
  {
    id: '701002004',
    number: '102',
    name: 'Tomas Reed',
    type: 'User',
    directNumber: '+12025550111',
    supervisor: false,
    devices: [{ id: '801100009', type: 'HardPhone', name: 'Tomas on the desk', status: 'Online' }],
    webPhones: [],
    forwardingNumbers: [mobile('40220009', '+12025550183', '2')],
  },
  {
    id: '701003004',
    number: '103',
    name: 'Nadia Holm',
    type: 'User',
    directNumber: '+12025550112',
    supervisor: true,
    devices: [{ id: '801100012', type: 'SoftPhone', name: 'Nadia at the computer', status: 'Online' }],
    webPhones: [],
    forwardingNumbers: [],
  },
  service('701050004', '200', 'Help Desk', 'Department'),
  service('701060004', '300', 'Lobby', 'ParkLocation'),
];

/** The extensions that ring when somebody calls queue 200. */
export const QUEUE_AGENTS: readonly string[] = ['101', '102'];

/**
 * People for tests with many of them: 10000 to 19999 are extension numbers too, of users with nothing but a number. They
 * are in no list.
 */
const CROWD = /^1\d{4}$/;
const CROWD_ID = /^7019(1\d{4})$/;
const crowd = new Map<string, Extension>();

/** Whoever has this id. */
export function extensionById(id: string): Extension | undefined {
  const known = EXTENSIONS.find((extension) => extension.id === id);
  return known ?? oneOfTheCrowd(CROWD_ID.exec(id)?.[1]);
}

/** Whoever has this extension number. */
export function extensionByNumber(number: string): Extension | undefined {
  const known = EXTENSIONS.find((extension) => extension.number === number);
  return known ?? oneOfTheCrowd(CROWD.exec(number)?.[0]);
}

function oneOfTheCrowd(number: string | undefined): Extension | undefined {
  if (number === undefined) return undefined;
  const known = crowd.get(number);
  if (known !== undefined) return known;
  const somebody = service(`7019${number}`, number, `Somebody at ${number}`, 'User');
  crowd.set(number, somebody);
  return somebody;
}

/** A phone of this extension that can take a call now; undefined when it is not theirs, offline or of another kind. */
export function usableDevice(extension: Extension, deviceId: string): Device | WebPhone | undefined {
  return [...extension.devices, ...extension.webPhones].find(
    // Any but these take calls that a program starts or answers.
    ({ id, type, status }) => id === deviceId && type !== 'OtherPhone' && status === 'Online',
  );
}

/** The phone that a call-flip id stands for: guides write `*2`, the list of forwarding numbers has `2`. */
export function flipTarget(extension: Extension, callFlipId: string): ForwardingNumber | undefined {
  const flipNumber = callFlipId.replace(/^\*/, '');
  return extension.forwardingNumbers.find((number) => number.flipNumber === flipNumber);
}

function mobile(id: string, phoneNumber: string, flipNumber: string): ForwardingNumber {
  return {
    id,
    phoneNumber,
    label: 'Mobile',
    type: 'Mobile',
    features: ['CallFlip', 'CallForwarding'],
    flipNumber,
  };
}

function home(id: string, phoneNumber: string): ForwardingNumber {
  return { id, phoneNumber, label: 'Home', type: 'Home', features: ['CallForwarding'] };
}

function webPhone(id: string, name: string, status: WebPhone['status']): WebPhone {
  return { id, type: 'WebPhone', name, serial: `3b1e6c10-0000-4000-8000-${id.padStart(12, '0')}`, status };
}

function service(id: string, number: string, name: string, type: Extension['type']): Extension {
  return {
    id,
    number,
    name,
    type,
    directNumber: MAIN_NUMBER,
    supervisor: false,
    devices: [],
    webPhones: [],
    forwardingNumbers: [],
  };
}
